"""ExampleGen for delimited text: strict about every row, exact about missing values, split by the row's content."""
