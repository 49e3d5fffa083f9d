"""Explainer: why the model that ships answers as it does."""
