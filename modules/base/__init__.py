"""What everything else stands on: settings, errors, progress, and what the environment needs."""
