"""Picture formats by the ending of a file's name: those that are read, and those that cameras and phones write and nobody reads here."""

from __future__ import annotations

PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm"})
# Of phones and of cameras' raw files; a folder of them is named as what it is, and none is passed over in silence.
UNREAD_ENDINGS = frozenset(
    {".heic", ".heif", ".avif", ".jxl", ".jp2", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".raf", ".rw2", ".pef", ".srw"}
)
PATTERNS = " ".join(sorted(f"*{ending}" for ending in PICTURE_ENDINGS))  # for a file dialog
