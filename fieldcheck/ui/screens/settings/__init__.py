"""Settings: a page with its sections on the left. What is changed holds at once."""
