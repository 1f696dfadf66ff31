"""Footage files by the ending of their names: pictures and videos that are read, and pictures of phones and cameras that are not."""

from __future__ import annotations

PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm"})
# Of phones and of cameras' raw files; a folder of them is named as what it is, and none is passed over in silence.
UNREAD_ENDINGS = frozenset(
    {".heic", ".heif", ".avif", ".jxl", ".jp2", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".raf", ".rw2", ".pef", ".srw"}
)
VIDEO_ENDINGS = frozenset(
    {".mp4", ".avi", ".mov", ".mkv", ".m4v", ".mpg", ".mpeg", ".mjpeg", ".webm", ".wmv", ".ts", ".mts", ".m2ts", ".3gp"}
)


def format_patterns(*endings: frozenset[str]) -> str:
    """Endings as Qt's file dialogs take them, such as `*.jpg *.png`."""
    return " ".join(sorted(f"*{ending}" for ending in frozenset().union(*endings)))
