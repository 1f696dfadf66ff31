"""The one lossless codec for cameras that deliver pixels: rows as differences from the row above, packed by Zstandard.

The packed frame is a plain Zstandard frame. Unpacked it holds one byte a sample, row by row; where samples have 16 bits, first all
their low bytes, then all their high bytes. Each row is stored as its difference, modulo 256, from the row above; in a Bayer mosaic from
the row two above, which has the same colours. The rows that have none above stand as they are.
"""

from __future__ import annotations

import numpy as np
import zstandard
from numpy.typing import NDArray

from fieldcheck.imaging.codec import MOST_PIXELS
from fieldcheck.imaging.raw import RawImage, get_raw_dtype, get_raw_shape

CODEC = "zstd-rows"
LEVEL = 1  # of Zstandard; level 3 takes three times as long and packs sensor noise no better


def pack_pixels(pixels: NDArray[np.uint8] | NDArray[np.uint16], pixel_format: str) -> bytes:
    """Lossless coding of pixels in a format of `RawImage`, (H, W), (H, W, 2) or (H, W, 3) uint8 or (H, W) uint16 → packed bytes."""
    rows = _as_rows(pixels)
    above = _get_row_distance(pixel_format)
    differences = rows.copy()
    differences[above:] -= rows[:-above]
    return zstandard.ZstdCompressor(level=LEVEL).compress(differences.data)


def unpack_pixels(packed: bytes, pixel_format: str, width: int, height: int) -> RawImage:
    """The very pixels that were packed. Raises ValueError where these bytes are none of this size and format."""
    shape, dtype = get_raw_shape(pixel_format, width, height), get_raw_dtype(pixel_format)
    n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
    try:
        if not 0 < width * height <= MOST_PIXELS or zstandard.frame_content_size(packed) != n_bytes:
            raise ValueError(f"not a frame of {width} x {height} {pixel_format}")
        plain = zstandard.ZstdDecompressor().decompress(packed, max_output_size=n_bytes)
    except zstandard.ZstdError as error:
        raise ValueError("not a packed frame") from error
    rows = np.frombuffer(plain, np.uint8).reshape(n_bytes // (width * (shape[2] if len(shape) == 3 else 1)), -1)
    above = _get_row_distance(pixel_format)
    restored = np.empty_like(rows)
    for first in range(above):
        np.add.accumulate(rows[first::above], axis=0, dtype=np.uint8, out=restored[first::above])
    return RawImage(pixel_format, _from_rows(restored, shape, dtype))


def _get_row_distance(pixel_format: str) -> int:
    return 2 if pixel_format.startswith("bayer") else 1


def _as_rows(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """(rows, bytes a row) uint8."""
    height = pixels.shape[0]
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels, np.uint8).reshape(height, -1)
    samples = np.ascontiguousarray(pixels, np.dtype("<u2")).view(np.uint8).reshape(height, -1, 2)
    return np.concatenate([samples[..., 0], samples[..., 1]])


def _from_rows(
    rows: NDArray[np.uint8], shape: tuple[int, ...], dtype: type[np.uint8] | type[np.uint16]
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    if dtype is np.uint8:
        return rows.reshape(shape)
    low, high = rows.reshape(2, *shape)
    return np.asarray(high.astype(np.uint16) << 8 | low, np.uint16)
