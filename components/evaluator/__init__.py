"""Evaluator: TFMA's results and verdict, from vectors in place of a row at a time."""
