"""Pictures in files and bytes: read as a person would see them, written without loss."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors import PathMissing, PictureUnreadable
from fieldcheck.imaging.convert import bgr_from_rgb, rgb_from_bgr

PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
# Half the time of the usual settings; what they would gain more is lost on sensor noise.
PNG_FAST = [
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB),
]


def read_picture(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, turned as its EXIF says; grey becomes three equal channels, transparency is dropped, 16 bits become 8.

    Raises PathMissing; PictureUnreadable `not_a_picture`, `damaged`, `too_large` (above 120 million pixels).
    """
    try:
        data = np.fromfile(path, np.uint8)
    except FileNotFoundError as error:
        raise PathMissing(path) from error
    except OSError as error:
        raise PictureUnreadable(path, "damaged") from error
    if not data.size:
        raise PictureUnreadable(path, "not_a_picture")
    try:
        bgr = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error as error:  # the limit set in fieldcheck/__init__.py
        raise PictureUnreadable(path, "too_large") from error
    if bgr is None:
        raise PictureUnreadable(path, "damaged" if cv2.haveImageReader(str(path)) else "not_a_picture")
    return rgb_from_bgr(np.asarray(bgr, np.uint8))


def encode_lossless(rgb: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 RGB → PNG. Raises ValueError for what PNG cannot hold."""
    return _encoded(".png", rgb, PNG_FAST)


def encode_jpeg(rgb: NDArray[np.uint8], quality: int) -> bytes:
    """(H, W, 3) uint8 RGB → JPEG of `quality` 1-100."""
    return _encoded(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])


def decode_picture(data: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of bytes that this program encoded. Raises ValueError where they are none."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if bgr is None:
        raise ValueError(f"{len(data)} bytes that are no picture")
    return rgb_from_bgr(np.asarray(bgr, np.uint8))


def pixels_sha256(rgb: NDArray[np.uint8]) -> str:
    """SHA-256 of the raw RGB bytes, row by row, as 64 hex digits."""
    return hashlib.sha256(np.ascontiguousarray(rgb).data).hexdigest()


def _encoded(ending: str, rgb: NDArray[np.uint8], settings: list[int]) -> bytes:
    done, data = cv2.imencode(ending, bgr_from_rgb(rgb), settings)
    if not done:
        raise ValueError(f"a picture of {rgb.shape} that cannot be encoded as {ending}")
    return data.tobytes()
