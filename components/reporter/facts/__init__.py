"""What a run found out, read from its artifacts; each module returns its keys of summary.json."""
