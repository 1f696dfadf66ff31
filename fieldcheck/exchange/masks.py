"""Mask folders: a picture of class indices for each picture, the names of the classes in a text file. What masks of a model are held to are
points inside the regions, the same as in the field; written is a small square around each point, the rest as not judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Point
from fieldcheck.errors import LabelsRefused, PathMissing, PictureUnreadable
from fieldcheck.exchange.imagefolder import pictures
from fieldcheck.exchange.label_set import LabelSet, SetAside, losses_of
from fieldcheck.exchange.labelled_picture import LabelledPicture, folder_for
from fieldcheck.exchange.outline import SPECK, points_of_mask
from fieldcheck.exchange.picture_size import picture_size
from fieldcheck.exchange.untrusted import class_name, read_text, refused, shown
from fieldcheck.exchange.voc import xml_files
from fieldcheck.exchange.yolo_names import read_name_file
from fieldcheck.files import write_bytes, write_text
from fieldcheck.imaging.codec import encode_indices, read_indices, read_picture

MASK_FOLDERS = ("masks", "mask", "segmentationclass", "annotations", "annotation", "labels", "label", "gt")
PICTURE_FOLDERS = ("images", "image", "imgs", "img", "jpegimages", "pictures")
NAME_FILES = ("labelmap.txt", "classes.txt", "class_names.txt", "label_names.txt", "labels.txt")
ENDINGS = frozenset({".png", ".bmp", ".tif", ".tiff", ".gif"})  # no JPEG, whose figures are not those that were written
GROUND_NAMES = frozenset({"background", "bg", "ground", "void", "ignore", "unlabeled", "unlabelled", "hintergrund"})
GROUND, NOT_JUDGED = "background", 255
MOST_TEXT = 1 << 20

Colour = tuple[int, int, int]


def read(root: Path) -> LabelSet:
    """The set in a folder with `masks/` and `images/`. Index 255 was not judged; a mask of 0 and 255 alone, where there are two classes, is
    one of 0 and 1. With the colours of a `labelmap.txt` masks are read by colour. Raises LabelsRefused."""
    folder = _folder(root, MASK_FOLDERS)
    if folder is None or not root.is_dir():
        raise refused(root, ", ".join(f"{name}/" for name in MASK_FOLDERS[:3]), "no_folder")
    classes, colours = _names(root)
    beside = _folder(root, PICTURE_FOLDERS)
    by_stem = {_stem(name): f"{beside}/{name}" for name in pictures(root / beside)} if beside else {}
    reader, used = _MaskReader(root, classes, colours), set[str]()
    items, names, orphans, unlike = [], [], [], []
    for mask in _masks(root / folder):
        stem = _stem(mask)
        picture = by_stem.get(stem) or by_stem.get(stem.removesuffix("_mask"), "")
        if beside and not picture:
            orphans.append(f"{folder}/{mask}")
            continue
        found = reader.mask(f"{folder}/{mask}")
        used.add(picture)
        if picture and _size(root / picture) not in (None, found.shape[::-1]):
            unlike.append(picture)
            continue
        items.append(BenchmarkItem(picture or stem, points=reader.points(found)))
        names.append(picture.removeprefix(f"{beside}/") or stem)
    silent = sorted(set(by_stem.values()) - used)
    items += [BenchmarkItem(one) for one in silent]
    names += [one.removeprefix(f"{beside}/") for one in silent]
    aside = SetAside(unlabelled=tuple(silent), orphans=tuple(orphans), unlike=tuple(unlike), losses=losses_of(reader.losses))
    return LabelSet("masks", root, _things(classes), tuple(items), tuple(names), aside)


def stands_in(folder: Path) -> bool:
    """Whether masks and the names of their classes lie there, and no annotations of Pascal VOC, whose own masks are told from boxes by
    `--format` alone."""
    inside = _folder(folder, MASK_FOLDERS)
    return inside is not None and _name_file(folder) is not None and not xml_files(folder)


def write(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    """`classes.txt`, `masks/` and `images/`. Index 0 is the ground: a picture with nothing on it is all ground. On any other nobody judged
    what lies between the marks of its points, which is 255. Raises DiskFull, ReadOnlyPlace."""
    names = folder_for(out / NAME_FILES[1])
    write_text(names, "".join(f"{name}\n" for name in (GROUND, *classes)))
    files = [names]
    for one in pictures:
        place = folder_for(out / MASK_FOLDERS[0] / f"{_stem(one.file)}.png")
        write_bytes(place, encode_indices(_marked(classes, one)))
        files.append(place)
    return files + [one.save(out / PICTURE_FOLDERS[0] / one.file) for one in pictures]


def lost(classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> Counter[str]:
    """Points that are only `marked` by a square of pixels, and those that have no mark of their own (`unmarked`): another of their class
    touches it, one of another class covers it, or no index is left for their class. Counted as the reader counts."""
    found = Counter[str]()
    for one in pictures:
        mask, named = _marked(classes, one), Counter(point.class_name for point in one.points)
        kept = sum(min(named[name], len(points_of_mask(mask == k, name)[0])) for name, k in _numbers(classes).items() if name in named)
        found.update(marked=kept, unmarked=len(one.points) - kept)
    return found


def _numbers(classes: Sequence[str]) -> dict[str, int]:
    """The number of each class in a mask; none where no number is left, or where its name means the ground."""
    return {name: k for k, name in enumerate(classes, 1) if k < NOT_JUDGED and not _is_ground(name)}


def _marked(classes: Sequence[str], one: LabelledPicture) -> NDArray[np.uint8]:
    """(h, w) class indices with a mark around each point, inside the frame and just large enough to be no speck."""
    width, height = one.size
    mask = np.full((height, width), NOT_JUDGED if one.points else 0, np.uint8)
    side = 2 * ceil((sqrt(SPECK * width * height) - 1) / 2) + 1
    numbers = _numbers(classes)
    for point in one.points:
        if k := numbers.get(point.class_name):
            x, y = (min(max(int(at) - side // 2, 0), max(most - side, 0)) for at, most in ((point.x, width), (point.y, height)))
            mask[y : y + side, x : x + side] = k
    return mask


class _MaskReader:
    """Reads masks of one set and counts what of them no point can say."""

    def __init__(self, root: Path, classes: tuple[str, ...], colours: dict[Colour, int]) -> None:
        self._root, self._classes, self._colours = root, classes, colours
        self._painted = (root / NAME_FILES[0]).is_file()
        self.losses: Counter[str] = Counter()

    def mask(self, name: str) -> NDArray[np.uint8]:
        """(h, w) class indices. Raises LabelsRefused for one that no class has."""
        path = self._root / name
        try:
            found = self._indices(path)
        except (PictureUnreadable, PathMissing) as error:
            raise refused(path, name, "mask") from error
        there = np.unique(found)
        if len(self._classes) == 2 and set(there.tolist()) <= {0, NOT_JUDGED}:
            return (found > 0).astype(np.uint8)
        highest = int(there[there != NOT_JUDGED].max(initial=0))
        if highest >= len(self._classes):
            raise refused(path, f"{name}: {highest} ({len(self._classes)})", "class_number")
        self.losses["not_judged"] += int(there[-1] == NOT_JUDGED)
        return found

    def _indices(self, path: Path) -> NDArray[np.uint8]:
        """By the colours that are told, else as they stand, else by those of Pascal VOC, which painted masks have where nothing is told."""
        if self._colours:
            return _by_colour(read_picture(path), self._colours)
        try:
            return read_indices(path)
        except PictureUnreadable as error:
            if error.problem != "not_a_picture" or not self._painted:
                raise
            return _by_colour(read_picture(path), {_voc_colour(k): k for k in range(len(self._classes))})

    def points(self, mask: NDArray[np.uint8]) -> tuple[Point, ...]:
        """A point in each region of a thing."""
        found: list[Point] = []
        for k in np.unique(mask).tolist():
            if k == NOT_JUDGED or _is_ground(self._classes[k]):
                continue
            inside, specks = points_of_mask(mask == k, self._classes[k])
            found += inside
            self.losses["specks"] += specks
        self.losses["masks"] += len(found)
        return tuple(found)


def _by_colour(rgb: NDArray[np.uint8], colours: dict[Colour, int]) -> NDArray[np.uint8]:
    """(h, w) class indices of painted masks; a colour that no class has was not judged."""
    found = np.full(rgb.shape[:2], NOT_JUDGED, np.uint8)
    for colour, k in colours.items():
        found[(rgb == colour).all(axis=2)] = k
    return found


def _voc_colour(k: int) -> Colour:
    """The colour that Pascal VOC paints a class in: its bits, lowest first, go to red, green and blue in turn, highest first."""
    red, green, blue = (sum((k >> (3 * place + channel) & 1) << (7 - place) for place in range(8)) for channel in range(3))
    return red, green, blue


def _folder(root: Path, known: tuple[str, ...]) -> str | None:
    """The folder of one of these names that holds pictures, whatever of it is written large."""
    there = {one.name.lower(): one.name for one in root.iterdir() if one.is_dir()} if root.is_dir() else {}
    found = (there[name] for name in known if name in there)
    return next((name for name in found if known is PICTURE_FOLDERS or next(_masks(root / name), None)), None)


def _masks(folder: Path) -> Iterator[str]:
    return (name for name in pictures(folder) if Path(name).suffix.lower() in ENDINGS)


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _size(picture: Path) -> tuple[int, int] | None:
    try:
        return picture_size(picture)
    except LabelsRefused:
        return None  # who reads the pictures says that it is damaged


def _name_file(root: Path) -> Path | None:
    return next((root / name for name in NAME_FILES if (root / name).is_file()), None)


def _names(root: Path) -> tuple[tuple[str, ...], dict[Colour, int]]:
    """The classes by index, and their index by colour where a `labelmap.txt` tells colours."""
    file = _name_file(root)
    if file is None:
        raise refused(root, " / ".join(NAME_FILES), "no_names")
    if file.name != "labelmap.txt":
        return read_name_file(file), {}
    names, colours = list[str](), dict[Colour, int]()
    for line in read_text(file, MOST_TEXT).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        painted = rest.partition(":")[0].split(",")
        if len(painted) == 3:
            if not all(one.strip().isascii() and one.strip().isdigit() and int(one) < 256 for one in painted if len(one) < 9):
                raise refused(file, shown(line), "colour")
            colours[int(painted[0]), int(painted[1]), int(painted[2])] = len(names)
        names.append(class_name(name, file, shown(line)))
    return tuple(names), colours


def _is_ground(name: str) -> bool:
    return name.strip("_ ").lower() in GROUND_NAMES


def _things(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in classes if not _is_ground(name)))
