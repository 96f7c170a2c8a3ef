"""Commands of the site: `manage.py <name>`."""
