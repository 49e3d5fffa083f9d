"""Pruner: magnitude pruning of the distilled student, measured and held to its target."""
