"""Recording from cameras: which ones there are, what they show, and a recording from its start to its end."""
