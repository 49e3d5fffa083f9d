"""Verdict: all that decides whether the model may ship, and the blessing."""
