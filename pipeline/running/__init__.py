"""A run on this machine, followed step by step."""
