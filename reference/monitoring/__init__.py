"""The dates of blood tests from a first day of treatment, as a page and a calendar."""
