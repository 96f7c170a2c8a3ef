"""The dates of blood tests and doses from a first day, as a page and a calendar."""
