"""What judges a model: its slices, its metrics with intervals, its promises; and reading what TFMA leaves."""
