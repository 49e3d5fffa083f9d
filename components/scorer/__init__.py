"""Every model on the test rows, once."""
