"""Scores: what a model got right on the benchmark and in the field, the gap between them, and the verdict."""
