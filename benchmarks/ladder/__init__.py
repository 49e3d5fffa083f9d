"""Every point of the ladder of a config, measured with several seeds."""
