"""What runs: the config, the wiring, the evaluation and the engines."""
