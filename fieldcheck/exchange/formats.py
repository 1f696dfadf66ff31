"""The label formats, one entry each. Whatever reads, writes, offers or detects a format reads this list.

A new one is a module of this room, an entry here and a test: `docs/extending.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from fieldcheck.domain.answer_kind import Labels
from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange import coco, csv_labels, imagefolder, voc, yolo
from fieldcheck.exchange.label_format import LabelFormat, Reader, SizeOf
from fieldcheck.exchange.label_set import LabelSet


def one_file(read: Callable[[Path], LabelSet], files_in: Callable[[Path], list[Path]]) -> Reader:
    """A reader of a file, or of the only file of its format in a folder. Raises LabelsRefused, `empty` or `several`."""

    def reads(place: Path, size_of: SizeOf | None = None) -> LabelSet:
        if place.is_file():
            return read(place)
        files = files_in(place)
        if len(files) > 1:
            raise LabelsRefused(place, "several", ", ".join(file.name for file in files[:5]))
        if not files:
            raise LabelsRefused(place, "empty")
        return read(files[0])

    return reads


FORMATS = (
    LabelFormat(
        "imagefolder",
        holds=frozenset({"class"}),
        reads=lambda place, _: imagefolder.read(place),
        writes=imagefolder.write,
        stands_in=imagefolder.stands_in,
        otherwise=True,
    ),
    LabelFormat(
        "yolo",
        holds=frozenset({"boxes"}),
        reads=yolo.read,
        writes=yolo.write,
        stands_in=yolo.stands_in,
        endings=frozenset({".yaml", ".yml"}),
        sought="images/…/NAME.jpg → labels/…/NAME.txt, NAME.jpg → NAME.txt",
    ),
    LabelFormat(
        "voc",
        holds=frozenset({"boxes"}),
        reads=lambda place, _: voc.read(place),
        writes=voc.write,
        stands_in=voc.stands_in,
        endings=frozenset({".xml"}),
        sought="Annotations/NAME.xml, NAME.xml",
    ),
    LabelFormat(
        "coco",
        holds=frozenset({"boxes"}),
        reads=one_file(coco.read, coco.files_in),
        writes=coco.write,
        stands_in=lambda folder: bool(coco.files_in(folder)),
        endings=frozenset({".json"}),
        sought="annotations[…].image_id",
    ),
    LabelFormat(
        "csv",
        holds=frozenset({"class", "boxes"}),
        reads=one_file(csv_labels.read, csv_labels.files_in),
        writes=csv_labels.write,
        stands_in=lambda folder: bool(csv_labels.files_in(folder)),
        endings=frozenset({".csv"}),
    ),
)
"""In the order in which they are offered."""

BY_NAME = MappingProxyType({one.name: one for one in FORMATS})
READABLE = tuple(one.name for one in FORMATS if one.reads is not None)
WRITABLE = tuple(one.name for one in FORMATS if one.writes is not None)


def writable_with(kind: Labels) -> tuple[str, ...]:
    """The formats that labels of this kind can be written in, in the order of the alphabet."""
    return tuple(sorted(one.name for one in FORMATS if one.writes is not None and kind in one.holds))
