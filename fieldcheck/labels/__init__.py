"""Labels: storing, reviewing, repeating and agreement between annotators."""
