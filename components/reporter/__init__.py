"""Reporter: everything that a run found out, as summary.json and as one self-contained page."""
