"""Inputs nobody would type, and steps in any order, as tests that nothing breaks."""
