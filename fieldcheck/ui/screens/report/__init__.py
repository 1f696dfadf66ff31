"""Report: its pages as they will be, page 1 in short, and where it goes."""
