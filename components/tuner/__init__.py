"""Tuner: TFX's own, whose results keep the learning curves of every trial."""
