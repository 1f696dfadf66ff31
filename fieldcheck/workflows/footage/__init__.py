"""Footage in a project: imported, listed frame by frame, cut into clips, and read back as pixels."""
