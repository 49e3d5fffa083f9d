"""ExampleValidator for wide tables: TFDV's validation, some columns at a time."""
