"""Other guides, as data alone: examples for tests, not guidance."""
