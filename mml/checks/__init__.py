"""What a lab runs on the reader's own function."""
