"""Pictures that do not lie with their labels: found by the end of their path in another folder."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange.imagefolder import list_images
from fieldcheck.exchange.label_format import SizeOf
from fieldcheck.exchange.label_set import LabelSet
from fieldcheck.exchange.picture_size import read_image_size
from fieldcheck.exchange.untrusted import PICTURE_ENDINGS


def move_image_root(found: LabelSet, images: Path) -> LabelSet:
    """The set with its pictures in `images`. One whose name fits no picture there, or several, is set aside as missing."""
    index = _ImagesByPathTail(images)
    kept, missing = [], list(found.skipped.missing)
    silent = set(found.skipped.unlabelled)
    unlabelled = []
    for item, name in zip(found.items, found.names, strict=True):
        place = index.find_image(item.path) or index.find_image(name)
        if place is None:
            missing.append(item.path)
            continue
        kept.append((replace(item, path=place), name))
        unlabelled += [place] if item.path in silent else []
    aside = replace(found.skipped, missing=tuple(missing), unlabelled=tuple(unlabelled))
    items, names = tuple(item for item, _ in kept), tuple(name for _, name in kept)
    return replace(found, root=images, items=items, names=names, skipped=aside)


def make_size_lookup(images: Path) -> SizeOf:
    """Width and height of the picture that a name means, for formats that count in shares of it."""
    index = _ImagesByPathTail(images)

    def get_size(name: str) -> tuple[int, int] | None:
        place = index.find_image(name)
        try:
            return read_image_size(images / place) if place else None
        except LabelsRefused:
            return None

    return get_size


class _ImagesByPathTail:
    """Pictures below a folder by every end of their path, with and without the ending."""

    def __init__(self, images: Path) -> None:
        self._places: dict[str, list[str]] = defaultdict(list)
        for place in list_images(images):
            for tail in _list_path_tails(place):
                self._places[tail].append(place)

    def find_image(self, name: str) -> str | None:
        """The one picture whose path has the longest end in common with the name."""
        for tail in _list_path_tails(name.replace("\\", "/")):
            found = set(self._places.get(tail, ()))
            if found:
                return found.pop() if len(found) == 1 else None
        return None


def _list_path_tails(path: str) -> Iterator[str]:
    """`a/b/1.png` → `a/b/1.png`, `a/b/1`, `b/1.png`, …: decomposed accents are the same name."""
    parts = PurePosixPath(unicodedata.normalize("NFC", path)).parts
    for first in range(len(parts)):
        tail = "/".join(parts[first:])
        yield tail
        stem, dot, ending = tail.rpartition(".")
        if dot and f".{ending.lower()}" in PICTURE_ENDINGS:
            yield stem
