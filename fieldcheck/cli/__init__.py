"""The terminal door: one file per group of commands."""
