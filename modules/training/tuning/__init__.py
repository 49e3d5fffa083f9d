"""The search for the teacher's hyperparameters: one file per strategy, behind one tuner."""
