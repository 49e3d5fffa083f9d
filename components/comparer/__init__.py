"""Comparer: what the teacher and the synthetic rows bought, at equal steps and size."""
