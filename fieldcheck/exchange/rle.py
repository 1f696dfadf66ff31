"""Run lengths of COCO masks: counts of pixels outside and inside in turn, column by column, plain or packed into letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_PIXELS = 120_000_000  # as of a picture (`imaging.codec`)
MOST_RUNS = 1 << 24
FIRST, MORE, SIGN, BITS = 48, 0x20, 0x10, 5  # letters begin at "0" and carry five bits each
LONGEST = 7  # letters of one count; more than 32 bits is no count of pixels


def decode_rle(counts: object, size: object) -> NDArray[np.bool_]:
    """(h, w) bool of `counts`, a list or a packed text, and `size` [h, w]. Raises ValueError for what no mask is written like."""
    if (
        not isinstance(size, list)
        or len(size) != 2
        or not all(isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in size)
    ):
        raise ValueError("size")
    height, width = size
    if height * width > MOST_PIXELS:
        raise ValueError(f"{height} × {width}")
    runs = np.array(decode_counts(counts) if isinstance(counts, str) else _parse_counts(counts), np.int64)
    if (runs.size and (runs.min() < 0 or runs.max() > height * width)) or int(runs.sum()) != height * width:
        raise ValueError(f"{int(runs.sum())} ≠ {height} × {width}")
    inside = np.arange(runs.size) % 2 == 1
    return np.repeat(inside, runs).reshape(width, height).T


def decode_counts(text: str) -> Sequence[int]:
    """The counts of a packed text: from the fourth on each is told as what it differs by from the one before the last."""
    counts: list[int] = []
    value = shift = 0
    for letter in text.encode("ascii", errors="replace"):
        part = letter - FIRST
        if not 0 <= part < 64 or shift >= LONGEST * BITS or len(counts) > MOST_RUNS:
            raise ValueError("counts")
        value |= (part & 0x1F) << shift
        shift += BITS
        if part & MORE:
            continue
        if part & SIGN:
            value |= -1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = shift = 0
    if shift:
        raise ValueError("counts")
    return counts


def _parse_counts(counts: object) -> list[int]:
    if not isinstance(counts, list) or len(counts) > MOST_RUNS:
        raise ValueError("counts")
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) and 0 <= one <= MOST_PIXELS for one in counts):
        raise ValueError("counts")
    return [int(one) for one in counts]


def decode_brush_rle(data: object, width: int, height: int) -> NDArray[np.bool_]:
    """(h, w) bool that Label Studio's brush painted: `data` are the bytes of its own packing of (h, w, 4) pixels, of which the last counts.
    Raises ValueError."""
    if not isinstance(data, list) or not all(isinstance(one, int) and 0 <= one < 256 for one in data):
        raise ValueError("rle")
    bits = _BitReader(bytes(data))
    n, word = bits.read_bits(32), bits.read_bits(5) + 1
    if n != width * height * 4 or n > 4 * MOST_PIXELS or word != 8:
        raise ValueError(f"{n} ≠ {height} × {width} × 4")
    lengths = [bits.read_bits(4) + 1 for _ in range(4)]
    pixels, at = np.zeros(n, np.uint8), 0
    while at < n:
        same = bits.read_bits(1)
        end = at + 1 + bits.read_bits(lengths[bits.read_bits(2)])
        if end > n:
            raise ValueError(f"{end} > {n}")
        pixels[at:end] = bits.read_bits(word) if same else [bits.read_bits(word) for _ in range(end - at)]
        at = end
    return pixels.reshape(height, width, 4)[..., 3] > 0


class _BitReader:
    """Whole numbers of any count of bits, the highest bit first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def read_bits(self, n: int) -> int:
        first, end = self._at, self._at + n
        if end > 8 * len(self._data):
            raise ValueError("rle")
        self._at = end
        part = self._data[first // 8 : (end + 7) // 8]
        return int.from_bytes(part, "big") >> (-end % 8) & ((1 << n) - 1)
