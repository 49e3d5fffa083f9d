"""The search for the student's shape: what is tried, how large its file will be, and which shape wins."""
