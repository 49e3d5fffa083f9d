"""Metrics and rates of some rows, each with its interval, as intervals.json has them."""
