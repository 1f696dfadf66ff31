"""Corruptions: catalogue, transforms, sweeps, the fit to this camera and the search for a fix."""
