"""Cameras, one module a kind of source."""
