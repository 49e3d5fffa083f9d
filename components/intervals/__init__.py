"""Intervals: how far the shipped model's metrics may be off, overall and by slice, and the curves behind them."""
