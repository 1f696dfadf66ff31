"""The label formats, one entry each. Whatever reads, writes, offers or detects a format reads this list.

A new one is a module of this room, an entry here and a test: `docs/extending.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from fieldcheck.domain.answer_kind import Labels
from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange import coco, csv_labels, cvat, fiftyone, imagefolder, label_studio, labelme, masks, mvtec, parquet, voc, yolo
from fieldcheck.exchange.label_format import Flag, LabelFormat, Reader, SizeOf
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


ALL_FLAGS: frozenset[Flag] = frozenset({"crowd", "occluded", "truncated"})

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
        "mvtec",
        holds=frozenset({"class", "boxes", "points"}),
        reads=lambda place, _: mvtec.read(place),
        reads_part=lambda place, _, wish: mvtec.read(place, wish),
        stands_in=mvtec.stands_in,
        sought="test/DEFECT/NAME.png, ground_truth/DEFECT/NAME_mask.png",
    ),
    LabelFormat(
        "yolo",
        holds=frozenset({"boxes"}),
        reads=yolo.read,
        reads_part=yolo.read,
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
        begins=voc.begins,
        keeps=ALL_FLAGS,
    ),
    LabelFormat(
        "coco",
        holds=frozenset({"boxes", "points"}),
        reads=one_file(coco.read, coco.files_in),
        writes=coco.write,
        stands_in=lambda folder: bool(coco.files_in(folder)),
        endings=frozenset({".json"}),
        sought="annotations[…].image_id",
        begins=coco.begins,
        silent_is_unknown=True,
        keeps=ALL_FLAGS,
    ),
    LabelFormat(
        "cvat",
        holds=frozenset({"class", "boxes", "points"}),
        reads=one_file(cvat.read, cvat.files_in),
        writes=cvat.write,
        stands_in=lambda folder: bool(cvat.files_in(folder)),
        endings=frozenset({".xml"}),
        sought="annotations.xml",
        begins=cvat.begins,
        silent_is_unknown=True,
        keeps=ALL_FLAGS,
    ),
    LabelFormat(
        "label-studio",
        holds=frozenset({"class", "boxes", "points"}),
        reads=one_file(label_studio.read, label_studio.files_in),
        writes=label_studio.write,
        stands_in=lambda folder: bool(label_studio.files_in(folder)),
        endings=frozenset({".json"}),
        sought="annotations[…].result",
        begins=label_studio.begins,
        silent_is_unknown=True,
        keeps=ALL_FLAGS,
    ),
    LabelFormat(
        "labelme",
        holds=frozenset({"class", "boxes", "points"}),
        reads=lambda place, _: labelme.read(place),
        writes=labelme.write,
        stands_in=labelme.stands_in,
        endings=frozenset({".json"}),
        sought="NAME.json",
        begins=labelme.begins,
        silent_is_unknown=True,
        keeps=ALL_FLAGS,
    ),
    LabelFormat(
        "masks",
        holds=frozenset({"points"}),
        reads=lambda place, _: masks.read(place),
        writes=masks.write,
        stands_in=masks.stands_in,
        sought="images/NAME.jpg → masks/NAME.png",
        silent_is_unknown=True,
        loses=masks.lost,
    ),
    LabelFormat(
        "csv",
        holds=frozenset({"class", "boxes", "points"}),
        reads=one_file(csv_labels.read, csv_labels.files_in),
        writes=csv_labels.write,
        stands_in=lambda folder: bool(csv_labels.files_in(folder)),
        endings=frozenset({".csv"}),
        keeps=ALL_FLAGS,
        with_pictures=False,
    ),
    LabelFormat("fiftyone", holds=frozenset({"class", "boxes"}), writes=fiftyone.write, keeps=ALL_FLAGS),
    LabelFormat("parquet", holds=frozenset({"class", "boxes", "points"}), writes=parquet.write, keeps=ALL_FLAGS, with_pictures=False),
)
"""In the order in which they are offered."""

BY_NAME = MappingProxyType({one.name: one for one in FORMATS})
READABLE = tuple(one.name for one in FORMATS if one.reads is not None)
WRITABLE = tuple(one.name for one in FORMATS if one.writes is not None)


def label_endings() -> tuple[str, ...]:
    """Patterns of the single files that can be read, such as `*.csv`, in the order of the alphabet."""
    return tuple(sorted({f"*{ending}" for one in FORMATS if one.reads is not None for ending in one.endings}))


def writable_with(kind: Labels) -> tuple[str, ...]:
    """The formats that labels of this kind can be written in, in the order of the alphabet."""
    return tuple(sorted(one.name for one in FORMATS if one.writes is not None and kind in one.holds))
