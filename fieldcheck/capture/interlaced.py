"""Interlaced video: FFmpeg's scaler in OpenCV converts none of its frames, and OpenCV then gives out memory that nobody wrote.

OpenCV tells neither. Frames of a camera differ, if only by their noise; where the first few are bit for bit the same, a child process reads
them again and what FFmpeg says there decides.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

TOLD = b"interlaced"  # what the scaler says: "Cannot convert interlaced to progressive frames or vice versa."
LOOKED_AT = 8  # frames
SECONDS = 30.0
CHILD = f"""
import sys, cv2
capture = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG, [])
for _ in range({LOOKED_AT}):
    capture.grab() and capture.retrieve()
"""


def is_interlaced(path: Path) -> bool:
    """Whether the frames of a video cannot be converted for being interlaced; decided once for as long as the file does not change."""
    found = path.stat()
    return _is_interlaced(path, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=64)
def _is_interlaced(path: Path, _size: int, _changed: int) -> bool:
    return not _changes(path) and TOLD in _said(path)


def _changes(path: Path) -> bool:
    """Whether a frame among the first differs from the one before: then somebody wrote it."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [])
    try:
        before = None
        for _ in range(LOOKED_AT):
            if not capture.grab():
                return False
            done, picture = capture.retrieve()
            if not done or picture is None:
                return False
            if before is not None and not np.array_equal(before, picture):
                return True
            before = picture.copy()
        return False
    finally:
        capture.release()


def _said(path: Path) -> bytes:
    """What FFmpeg tells while the first frames are read; empty where the child does not come to an end."""
    environment = {**os.environ, "OPENCV_FFMPEG_LOGLEVEL": "16"}  # errors; the program itself keeps FFmpeg silent
    command = [sys.executable, "-I", "-c", CHILD, str(path.absolute())]
    try:
        child = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return b""
    return child.stdout + child.stderr
