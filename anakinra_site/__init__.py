"""The site: settings, addresses and what surrounds the reference. No content."""
