"""Ladder: every model from the teacher to the smallest form, measured side by side on the test rows."""
