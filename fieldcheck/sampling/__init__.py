"""Sampling: hardness, strata and the draw of frames with known probabilities."""
