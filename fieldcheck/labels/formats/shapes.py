"""Outlines and masks of objects: the box around one, a point inside each of its parts, and COCO's
run-length encoding."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, sin

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.label import Point

# share of a frame below which a region is a speck, as in `stats.point_scores` for the model's masks
SPECK = 1e-4
TOUCHING = np.ones((3, 3), np.bool_)  # pixels that touch at a corner are of one region, as there
LINES = 16  # heights at which an outline is cut in search of its widest place
MOST_CORNERS = 100_000
# class and index of pixels that show no object, and index of those that nobody judged
GROUND, NOT_JUDGED = "background", 255
# sine of an angle (under two degrees) that rounding may make of an upright or a right one
ASKEW = 0.03
FARTHEST = 1e7  # pixels, as of a box

Corner = tuple[float, float]
Place = tuple[float, float, float, float]


def parse_numbers(value: object) -> list[float]:
    """A list of finite figures as it stands in JSON. Raises ValueError for anything else."""
    if not isinstance(value, list) or not all(
        isinstance(choice, (int, float))
        and not isinstance(choice, bool)
        and abs(choice) <= FARTHEST
        for choice in value
    ):
        raise ValueError("figures")
    return [float(choice) for choice in value]


def make_corners(figures: Sequence[float]) -> tuple[Corner, ...]:
    """Figures x1, y1, x2, y2 … as corners. Raises ValueError for an odd number, fewer than three
    corners, or more than there can be."""
    if len(figures) % 2 or not 6 <= len(figures) <= 2 * MOST_CORNERS:
        raise ValueError(f"{len(figures)} figures of an outline")
    return tuple(zip(figures[::2], figures[1::2], strict=True))


def compute_bounding_box(corners: Sequence[Corner]) -> tuple[float, float, float, float]:
    """x, y, width and height of the upright box around some corners."""
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    return left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top


def is_rotated(corners: Sequence[Corner]) -> bool:
    """Whether they are the four corners of a rectangle that does not stand upright."""
    if len(corners) != 4:
        return False
    sides = [
        (corners[index][0] - corners[index - 1][0], corners[index][1] - corners[index - 1][1])
        for index in range(4)
    ]
    lengths = [hypot(*side) for side in sides]
    square = all(
        abs(ax * bx + ay * across) <= ASKEW * a * b
        for (ax, ay), (bx, across), a, b in zip(
            sides, [*sides[1:], sides[0]], lengths, [*lengths[1:], lengths[0]], strict=True
        )
    )
    return square and all(
        min(abs(x), abs(y)) > ASKEW * length for (x, y), length in zip(sides, lengths, strict=True)
    )


def rotate_corners(rect: Place, angle: float, about: Corner | None = None) -> tuple[Corner, ...]:
    """The corners of a box (x, y, width, height) turned clockwise by an angle in radians about a
    point, its own left upper corner where none is given."""
    x, y, w, h = rect
    ax, ay = about or (x, y)
    c, s = cos(angle), sin(angle)
    corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    return tuple(
        (ax + (px - ax) * c - (py - ay) * s, ay + (px - ax) * s + (py - ay) * c)
        for px, py in corners
    )


def find_inner_point(corners: Sequence[Corner]) -> Corner:
    """A point inside an outline, by its even-odd rule: the middle of the widest place among sixteen
    cuts. One without area, such as a line, gives the middle of its box."""
    left, top, width, height = compute_bounding_box(corners)
    if height <= 0:
        return left + width / 2, top + height / 2
    x, y = np.array([*corners, corners[0]], np.float64).T
    levels = (top + height * (np.arange(LINES) + 0.5) / LINES)[:, None]
    crosses = (y[:-1] <= levels) != (y[1:] <= levels)  # (lines, sides), an even number in each line
    # a side that is not crossed may be flat, or as good as flat
    steps = np.where(crosses, y[1:] - y[:-1], np.inf)
    cuts = np.sort(
        np.where(crosses, x[:-1] + (levels - y[:-1]) / steps * (x[1:] - x[:-1]), np.inf), axis=1
    )[:, : _count_cuts(crosses)]
    begin, end = cuts[:, ::2], cuts[:, 1::2]
    widths = np.subtract(end, begin, out=np.full(end.shape, -1.0), where=np.isfinite(begin))
    line, index = np.unravel_index(int(widths.argmax()), widths.shape)
    return float(begin[line, index] + end[line, index]) / 2, float(levels[line, 0])


def _count_cuts(crosses: NDArray[np.bool_]) -> int:
    """The most cuts of any line, which are even in number: a closed outline is left as often as it
    is entered."""
    return max(2, int(crosses.sum(axis=1).max()))


def find_mask_points(mask: NDArray[np.bool_], name: str) -> tuple[tuple[Point, ...], int]:
    """(h, w) bool → a point of that class in each region, where it is deepest, and how many specks
    have none. The largest region has one however small it is; so has each that covers a
    ten-thousandth of the frame."""
    from scipy import ndimage  # only where there are masks: every command reads this module

    regions, n = ndimage.label(mask, TOUCHING)
    if not n:
        return (), 0
    sizes = np.bincount(regions.ravel(), minlength=n + 1)[1:]
    kept = np.flatnonzero((sizes >= SPECK * mask.size) | (np.arange(n) == sizes.argmax()))
    positions = ndimage.find_objects(regions)
    points = []
    for index in kept.tolist():
        rows, columns = positions[index]
        depth = ndimage.distance_transform_cdt(
            np.pad(regions[rows, columns] == index + 1, 1), metric="chessboard"
        )
        y, x = np.unravel_index(int(depth.argmax()), depth.shape)
        points.append(Point(name, columns.start + int(x) - 0.5, rows.start + int(y) - 0.5))
    return tuple(points), n - len(points)


# Run lengths of COCO masks: counts of pixels outside and inside in turn, column by column, plain or
# packed into letters.

MOST_PIXELS = 120_000_000  # as of a picture (`imaging.codec`)
MOST_RUNS = 1 << 24
FIRST, MORE, SIGN, BITS = 48, 0x20, 0x10, 5  # letters begin at "0" and carry five bits each
LONGEST = 7  # letters of one count; more than 32 bits is no count of pixels


def decode_rle(counts: object, size: object) -> NDArray[np.bool_]:
    """(h, w) bool of `counts`, a list or a packed text, and `size` [h, w]. Raises ValueError for
    what no mask is written like."""
    if (
        not isinstance(size, list)
        or len(size) != 2
        or not all(
            isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in size
        )
    ):
        raise ValueError("size")
    height, width = size
    if height * width > MOST_PIXELS:
        raise ValueError(f"{height} × {width}")
    runs = np.array(
        decode_counts(counts) if isinstance(counts, str) else _parse_counts(counts), np.int64
    )
    if (runs.size and (runs.min() < 0 or runs.max() > height * width)) or int(
        runs.sum()
    ) != height * width:
        raise ValueError(f"{int(runs.sum())} ≠ {height} × {width}")
    inside = np.arange(runs.size) % 2 == 1
    return np.repeat(inside, runs).reshape(width, height).T


def decode_counts(text: str) -> Sequence[int]:
    """Decode packed run lengths: from the fourth on, each is stored as its difference from the
    count two before."""
    counts: list[int] = []
    value = bits = 0
    for letter in text.encode("ascii", errors="replace"):
        part = letter - FIRST
        if not 0 <= part < 64 or bits >= LONGEST * BITS or len(counts) > MOST_RUNS:
            raise ValueError("counts")
        value |= (part & 0x1F) << bits
        bits += BITS
        if part & MORE:
            continue
        if part & SIGN:
            value |= -1 << bits
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = bits = 0
    if bits:
        raise ValueError("counts")
    return counts


def _parse_counts(counts: object) -> list[int]:
    if not isinstance(counts, list) or len(counts) > MOST_RUNS:
        raise ValueError("counts")
    if not all(
        isinstance(count, (int, float))
        and not isinstance(count, bool)
        and 0 <= count <= MOST_PIXELS
        for count in counts
    ):
        raise ValueError("counts")
    return [int(count) for count in counts]


def decode_brush_rle(data: object, width: int, height: int) -> NDArray[np.bool_]:
    """(h, w) bool that Label Studio's brush painted: `data` are the bytes of its own packing of (h,
    w, 4) pixels, of which the last counts. Raises ValueError."""
    if not isinstance(data, list) or not all(
        isinstance(item, int) and 0 <= item < 256 for item in data
    ):
        raise ValueError("rle")
    bits = _BitReader(bytes(data))
    n, word = bits.read_bits(32), bits.read_bits(5) + 1
    if n != width * height * 4 or n > 4 * MOST_PIXELS or word != 8:
        raise ValueError(f"{n} ≠ {height} × {width} × 4")
    lengths = [bits.read_bits(4) + 1 for _ in range(4)]
    pixels, index = np.zeros(n, np.uint8), 0
    while index < n:
        same = bits.read_bits(1)
        end = index + 1 + bits.read_bits(lengths[bits.read_bits(2)])
        if end > n:
            raise ValueError(f"{end} > {n}")
        pixels[index:end] = (
            bits.read_bits(word) if same else [bits.read_bits(word) for _ in range(end - index)]
        )
        index = end
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
