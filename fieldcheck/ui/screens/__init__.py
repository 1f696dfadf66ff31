"""One folder a screen, strangers to each other: a view that shows, a presenter that decides."""
