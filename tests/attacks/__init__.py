"""Attacks on the real site, as tests that nothing gets through."""
