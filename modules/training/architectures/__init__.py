"""From hyperparameters to the architecture of a network: one file per kind of search space."""
