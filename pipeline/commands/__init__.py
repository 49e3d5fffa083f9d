"""What the command line offers beside a run: one module per command."""
