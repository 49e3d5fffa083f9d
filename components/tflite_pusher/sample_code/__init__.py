"""Small programs that run the pushed model on one real row, in the languages of those who put it into an app."""
