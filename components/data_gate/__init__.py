"""DataGate: holds the data against the schema, the splits and the last blessed run, and stops the run or warns."""
