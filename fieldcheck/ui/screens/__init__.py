"""One package per screen, independent of each other: a view that shows and a presenter that
decides."""
