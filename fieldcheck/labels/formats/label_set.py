"""What every label format shares: its declaration, the labelled set that it reads, the labelled
image that it writes, outlines and masks, and the parts training, validation and test."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, hypot, sin
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.domain.prediction import Labels, get_answer_kind
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.files import map_os_errors, write_bytes
from fieldcheck.labels.formats.untrusted_files import PICTURE_ENDINGS, make_refusal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GOOD = "good"
"""The class of images without a defect in a set that has masks for the others."""


@dataclass(frozen=True, slots=True)
class SkippedItems:
    """Labels and images that a reader skipped or changed, each by its name in the set.

    `part`: the split that was read; `absent_parts`: splits that are named but missing;
    `unlabelled`: images without a label; `orphans`: label files without an image; `missing`: images
    that are named but not found; `damaged`: images that cannot be read; `unfit`: images left out
    because one of their boxes lies outside, with where; `merged`: classes or files that became one;
    `unlike`: masks that differ in size from their image; `outlines`: polygons or rotated boxes
    replaced by their bounding box; `losses`: other losses, as pairs of a kind (named in
    `labels.messages`) and a count."""

    part: str = ""
    absent_parts: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    outlines: int = 0
    losses: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSet:
    """`root`: folder that the items' paths start from; the images need not exist.

    `format`: a format of `labels.formats.registry`. `names`, one per item: path of the image
    without the folders that belong to the format (`images/`, the class folder), which is matched
    with the project's frames."""

    format: str
    root: Path
    classes: tuple[str, ...]
    items: tuple[BenchmarkItem, ...]
    names: tuple[str, ...]
    skipped: SkippedItems = SkippedItems()

    def __post_init__(self) -> None:
        if len(self.names) != len(self.items):
            raise ValueError(f"{len(self.items)} items with {len(self.names)} names")


def drop_unlabelled(label_set: LabelSet) -> LabelSet:
    """Return the set without unlabelled images: a missing label does not mean that there is nothing
    to find."""
    silent = set(label_set.skipped.unlabelled)
    kept = [
        (item, name)
        for item, name in zip(label_set.items, label_set.names, strict=True)
        if item.path not in silent
    ]
    return replace(
        label_set, items=tuple(item for item, _ in kept), names=tuple(name for _, name in kept)
    )


def has_labels_for_task(items: Iterable[BenchmarkItem], task: str) -> bool:
    """Whether every item is labelled the way answers to this task are: by a class, by boxes, or by
    points. Nothing fits where labels are not taken."""
    return has_labels_of_kind(items, get_answer_kind(task).labels)


def has_labels_of_kind(items: Iterable[BenchmarkItem], labels: Labels) -> bool:
    """Whether every item carries labels of this kind; boxes and points may be none, where there is
    nothing to find, but a set of boxes alone is none of points, nor the other way round."""
    return labels != "none" and all(_has_label_of_kind(item, labels) for item in items)


def _has_label_of_kind(item: BenchmarkItem, labels: Labels) -> bool:
    if labels == "class" or item.class_name:
        return labels == "class" and item.class_name != ""
    return (
        bool(item.boxes or not item.points)
        if labels == "boxes"
        else bool(item.points or not item.boxes)
    )


def list_losses(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The kinds that were met, in the order of the alphabet."""
    return tuple(sorted((kind, n) for kind, n in counts.items() if n > 0))


def select_masks(items: Iterable[BenchmarkItem]) -> tuple[BenchmarkItem, ...]:
    """Items with a class and masks, for a model that gives masks: without the class, and without
    those of a defect that has no mask."""
    return tuple(
        replace(item, class_name="")
        for item in items
        if item.points or not item.class_name or item.class_name == GOOD
    )


def select_label_kind(items: Iterable[BenchmarkItem], labels: Labels) -> tuple[BenchmarkItem, ...]:
    """The items with labels of this kind alone: a polygon is read as a box and as a point inside
    it, and a model answers in one of them."""
    if labels == "points":
        return tuple(replace(item, boxes=()) if item.boxes else item for item in items)
    return tuple(replace(item, points=()) if item.points else item for item in items)


# Folders of images, as several formats have them.

SPLITS = frozenset({"train", "training", "val", "valid", "validation", "test", "testing"})


def list_class_folders(root: Path) -> list[str]:
    """The names of the folders directly inside `root`, sorted, hidden ones left out."""
    try:
        return sorted(
            entry.name
            for entry in os.scandir(root)
            if entry.is_dir() and not entry.name.startswith(".")
        )
    except OSError as error:
        raise make_refusal(root, error.strerror or root.name, "unreadable") from error


def list_merged_classes(class_by_folder: Mapping[str, str]) -> tuple[str, ...]:
    """The classes that several folders have, whose names differ only by blanks around them."""
    return tuple(name for name, n in Counter(class_by_folder.values()).items() if n > 1)


def list_split_folders(root: Path) -> list[str]:
    """The names of the folders in `root` where all of them are parts such as `train` and `test`,
    and there is any."""
    folders = list_class_folders(root) if root.is_dir() else []
    return folders if all(name.lower() in SPLITS for name in folders) else []


def list_images(folder: Path) -> Iterator[str]:
    """Every file below `folder` with a picture's ending, in name order, relative to it. Folders
    that are links are entered, each once."""
    seen: set[Path] = set()
    for base, folders, files in os.walk(folder, followlinks=True):
        here = Path(base).resolve()
        if here in seen:
            folders.clear()
            continue
        seen.add(here)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if Path(name).suffix.lower() in PICTURE_ENDINGS and not name.startswith("."):
                yield (Path(base) / name).relative_to(folder).as_posix()


# A picture with its labels on its way out, and the files and folders that writers of label formats
# make.


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """`name`: what the label file calls it; `file`: a name without folders for its picture; `size`:
    width and height in pixels. `picture` gives the bytes of the file, asked for only where the
    format holds pictures."""

    name: str
    file: str
    size: tuple[int, int]
    class_name: str
    boxes: tuple[Box, ...]
    picture: Callable[[], bytes]
    points: tuple[Point, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The classes of its boxes and points."""
        return (
            *(box.class_name for box in self.boxes),
            *(point.class_name for point in self.points),
        )

    def save_image(self, path: Path) -> Path:
        """The picture's own bytes at `path`, which is returned. Raises DiskFull, ReadOnlyPlace."""
        make_parent_folder(path)
        write_bytes(path, self.picture())
        return path


def make_parent_folder(path: Path) -> Path:
    """Create the folder of `path` and return `path`. Raises ReadOnlyPlace, DiskFull."""
    with map_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    return path


# How large a picture is, from its header alone.


def read_image_size(path: Path) -> tuple[int, int]:
    """Width and height as the picture is shown, that is after its EXIF orientation. Raises
    LabelsRefused where it is no picture, or one that nobody may decode."""
    # loads OpenCV, which the list of formats in a command's help needs not
    from fieldcheck.imaging import codec

    try:
        return codec.read_image_size(path)
    except (PathMissing, PictureUnreadable, OSError) as error:
        raise make_refusal(path, path.name, "image") from error


# Outlines and masks of objects: the box around one, a point inside each of its parts, and COCO's
# run-length encoding. NumPy comes with the first of them: the help of a command that reads labels
# names all formats, and loads this module for it.

# share of a frame below which a region is a speck, as in `iou_of_boxes_and_masks`
SPECK = 1e-4
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
    import numpy as np

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
    import numpy as np
    from scipy import ndimage

    # pixels that touch at a corner are of one region, as there
    regions, n = ndimage.label(mask, np.ones((3, 3), np.bool_))
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
    import numpy as np

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
    import numpy as np

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
        self._data, self._position = data, 0

    def read_bits(self, n: int) -> int:
        first, end = self._position, self._position + n
        if end > 8 * len(self._data):
            raise ValueError("rle")
        self._position = end
        part = self._data[first // 8 : (end + 7) // 8]
        return int.from_bytes(part, "big") >> (-end % 8) & ((1 << n) - 1)


# Parts of a labelled set: training, validation, test. A benchmark is never the part that the model
# learned from unless it is named.

TRAINING = frozenset({"train", "training"})
VALIDATION = frozenset({"val", "valid", "validation"})


@dataclass(frozen=True, slots=True)
class PartWish:
    """`name`: the part that is wanted, empty where none was named; `takes_any`: labels are not held
    against a model that may have learned from them, so a part that is the only one is read whatever
    it is."""

    name: str = ""
    takes_any: bool = False


NO_WISH, ANY_PART = PartWish(), PartWish(takes_any=True)


def choose_part(
    path: Path, counts: Mapping[str, int], wish: PartWish, preferred: frozenset[str] = frozenset()
) -> str:
    """The part to be read of those that there are (their images by name): the named one, the only
    one, or one of `preferred`.

    Raises LabelsRefused `no_part` where the named one is not there, and `part` where one has to be
    named: there are several, or the only one is for training.
    """
    listing = ", ".join(f"{name}: {n}" for name, n in counts.items())
    if wish.name:
        named = [
            name for name in counts if _normalize_part_name(name) == _normalize_part_name(wish.name)
        ]
        if len(named) != 1:
            raise LabelsRefused(path, "no_part", listing)
        return named[0]
    others = [name for name in counts if _normalize_part_name(name) not in TRAINING]
    first = [name for name in others if _normalize_part_name(name) in preferred]
    if first:
        return first[0]
    if len(others) == 1 and (preferred or len(counts) == 1):
        return others[0]
    if wish.takes_any and len(counts) == 1:
        return next(iter(counts))
    raise LabelsRefused(path, "part", listing)


def find_part_folder(path: Path, wish: PartWish) -> str:
    """The sub-folder of the part to be read, where all folders in a set are parts; nothing where
    they are not. Raises as `choose_part`."""
    folders = list_split_folders(path)
    counts = {name: count_images(path / name) for name in folders}
    return choose_part(path, counts, wish) if any(counts.values()) else ""


def count_images(folder: Path) -> int:
    """How many files below a folder have an image's ending."""
    return sum(1 for _ in list_images(folder))


def _normalize_part_name(name: str) -> str:
    """`valid` and `validation` are `val`, whatever of them is written large."""
    low = name.lower()
    return (
        "val"
        if low in VALIDATION
        else "train"
        if low in TRAINING
        else "test"
        if low == "testing"
        else low
    )


SizeOf = Callable[[str], tuple[int, int] | None]
"""The name of a frame → its (width, height) in pixels; None where no frame is called so."""

Reader = Callable[[Path, SizeOf | None], LabelSet]
"""The set at a folder or file. The second argument knows frames whose pictures do not lie in the
set. Raises LabelsRefused."""

PartReader = Callable[[Path, SizeOf | None, PartWish], LabelSet]
"""As a reader, of a format that has parts of its own and says which was read."""

Writer = Callable[[Path, Sequence[str], Sequence[LabelledImage]], list[Path]]
"""Writes into a folder, with these class names; returns the files, label files first. Raises
DiskFull, ReadOnlyPlace, PathRefused."""


LossCounter = Callable[[Sequence[str], Sequence[LabelledImage]], Counter[str]]
"""Information that a written file loses with these class names: count by kind of loss (named in
`labels.messages`)."""

Flag = Literal["crowd", "occluded", "truncated"]
"""A flag of `domain.label.Box`."""


def is_never_candidate(path: Path) -> bool:
    """Always False: for folder formats, and for formats with an ending of their own."""
    return False


def count_no_losses(classes: Sequence[str], pictures: Sequence[LabelledImage]) -> Counter[str]:
    """No losses: for a format that loses only flags of boxes."""
    return Counter()


@dataclass(frozen=True, slots=True)
class LabelFormat:
    """One format. Without `reader` it can only be written, without `writer` only be read;
    `label_kinds` is what labels it can carry.

    `is_candidate_folder` tells a folder that holds it, `endings` (with the dot, lower case) single
    files. `is_fallback`: looked for in a folder only where no other format stands, because its sign
    is a weak one. `expected_files`: where its labels are looked for, for who has none there.

    `is_candidate` tells a single file from those of other formats with the same ending.
    `missing_means_unlabelled`: a picture that nothing is said of was not looked at, and is no
    picture with nothing on it. `kept_flags`: the flags of a box that a written file still has;
    `count_losses`: what else it does not say; `with_pictures`: whether the pictures are written
    beside it. `part_reader` stands in for `reader` where the format names parts itself.
    """

    name: str
    label_kinds: frozenset[Labels]
    reader: Reader | None = None
    writer: Writer | None = None
    is_candidate_folder: Callable[[Path], bool] = is_never_candidate
    endings: frozenset[str] = frozenset()
    is_fallback: bool = False
    expected_files: str = ""
    is_candidate: Callable[[Path], bool] = is_never_candidate
    missing_means_unlabelled: bool = False
    kept_flags: frozenset[Flag] = frozenset()
    count_losses: LossCounter = count_no_losses
    with_pictures: bool = True
    part_reader: PartReader | None = None

    def __post_init__(self) -> None:
        if self.reader is None and self.writer is None:
            raise ValueError(f"{self.name}: a format is read or written")
