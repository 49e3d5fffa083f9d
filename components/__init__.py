"""Custom TFX components, a folder each: component.py (interface), executor.py (artifacts), and pure functions."""
