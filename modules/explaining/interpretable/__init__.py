"""Models that a person can read, or at least follow, learnt from the same rows: what would they cost?"""
