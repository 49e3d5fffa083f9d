"""The pipeline from Python: a run, its page and its model, over the same code and folders as the commands."""
