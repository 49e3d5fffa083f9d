"""Quantizer: the pruned student in every numeric form."""
