"""Linear algebra: chapters 1 to 5 of the book."""
