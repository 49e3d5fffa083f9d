"""Quantizer: the pruned student in every numeric form; the one that the config names is passed on."""
