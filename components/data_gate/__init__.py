"""DataGate: stops the run on anomalies and says which."""
