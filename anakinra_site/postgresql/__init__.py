"""The database engine of settings.py where the database is PostgreSQL."""
