"""Corruptions: live, in sweeps, fitted to this camera, out-of-distribution frames, what is exported for training; the fix finder."""
