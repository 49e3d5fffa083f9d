"""Intervals and tests, as functions of numbers: one method per file, each with where it comes from."""
