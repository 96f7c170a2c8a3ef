"""Tests of reference/reading: what the words of a dosing line say."""
