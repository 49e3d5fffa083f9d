"""Measures the figures that the README states; `make bench` runs all of them."""
