"""The columns: the table of features, and what is learnt of each in one pass over the training rows."""
