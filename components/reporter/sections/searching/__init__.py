"""Parts of the section on the search: one file per question that a reader has."""
