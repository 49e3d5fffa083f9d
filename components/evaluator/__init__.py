"""Evaluator: TFMA's results, from vectors in place of a row at a time."""
