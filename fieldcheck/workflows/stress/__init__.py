"""Corruptions: live, in sweeps, fitted to this camera, out-of-distribution frames, and what is exported for training."""
