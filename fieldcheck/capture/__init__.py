"""CAMERA: from a device or a file to frames, and from frames to clips."""
