"""Capture: footage comes in, with what a person knows of it; what is there, and imports that were
broken off."""
