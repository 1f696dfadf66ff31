"""Footage: recording, import, clips and frames."""
