"""The on-device file: converting to it, its layout, and running it."""
