"""StatisticsGen in one process: TFDV's own counting, without Beam and with its histograms made in NumPy."""
