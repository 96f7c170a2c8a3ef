"""Faults injected into the real site, and the report of what came of them."""
