"""The preprocessing that ships: one graph for the training rows and for every exported model."""
