"""Reading tables: where their files are, how text is written, and the dtype of every column. Knows no TFX."""
