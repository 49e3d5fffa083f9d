"""Debugger: where the model that ships is wrong."""
