"""Explore: the gap in the sentences of the report, where the model fails, and the frames it was
most surely wrong on."""
