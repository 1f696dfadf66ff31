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


def make_single_file_reader(read: Callable[[Path], LabelSet], files_in: Callable[[Path], list[Path]]) -> Reader:
    """A reader of a file, or of the only file of its format in a folder. Raises LabelsRefused, `empty` or `several`."""

    def read_single_file(place: Path, size_of: SizeOf | None = None) -> LabelSet:
        if place.is_file():
            return read(place)
        files = files_in(place)
        if len(files) > 1:
            raise LabelsRefused(place, "several", ", ".join(file.name for file in files[:5]))
        if not files:
            raise LabelsRefused(place, "empty")
        return read(files[0])

    return read_single_file


ALL_FLAGS: frozenset[Flag] = frozenset({"crowd", "occluded", "truncated"})

FORMATS = (
    LabelFormat(
        "imagefolder",
        label_kinds=frozenset({"class"}),
        reader=lambda place, _: imagefolder.read_imagefolder(place),
        writer=imagefolder.write_imagefolder,
        is_candidate_folder=imagefolder.is_candidate_folder,
        is_fallback=True,
    ),
    LabelFormat(
        "mvtec",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=lambda place, _: mvtec.read_mvtec(place),
        part_reader=lambda place, _, wish: mvtec.read_mvtec(place, wish),
        is_candidate_folder=mvtec.is_candidate_folder,
        expected_files="test/DEFECT/NAME.png, ground_truth/DEFECT/NAME_mask.png",
    ),
    LabelFormat(
        "yolo",
        label_kinds=frozenset({"boxes"}),
        reader=yolo.read_yolo,
        part_reader=yolo.read_yolo,
        writer=yolo.write_yolo,
        is_candidate_folder=yolo.is_candidate_folder,
        endings=frozenset({".yaml", ".yml"}),
        expected_files="images/…/NAME.jpg → labels/…/NAME.txt, NAME.jpg → NAME.txt",
    ),
    LabelFormat(
        "voc",
        label_kinds=frozenset({"boxes"}),
        reader=lambda place, _: voc.read_voc(place),
        writer=voc.write_voc,
        is_candidate_folder=voc.is_candidate_folder,
        endings=frozenset({".xml"}),
        expected_files="Annotations/NAME.xml, NAME.xml",
        is_candidate=voc.is_candidate,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "coco",
        label_kinds=frozenset({"boxes", "points"}),
        reader=make_single_file_reader(coco.read_coco, coco.find_files),
        writer=coco.write_coco,
        is_candidate_folder=lambda folder: bool(coco.find_files(folder)),
        endings=frozenset({".json"}),
        expected_files="annotations[…].image_id",
        is_candidate=coco.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "cvat",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=make_single_file_reader(cvat.read_cvat, cvat.find_files),
        writer=cvat.write_cvat,
        is_candidate_folder=lambda folder: bool(cvat.find_files(folder)),
        endings=frozenset({".xml"}),
        expected_files="annotations.xml",
        is_candidate=cvat.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "label-studio",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=make_single_file_reader(label_studio.read_label_studio, label_studio.find_files),
        writer=label_studio.write_label_studio,
        is_candidate_folder=lambda folder: bool(label_studio.find_files(folder)),
        endings=frozenset({".json"}),
        expected_files="annotations[…].result",
        is_candidate=label_studio.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "labelme",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=lambda place, _: labelme.read_labelme(place),
        writer=labelme.write_labelme,
        is_candidate_folder=labelme.is_candidate_folder,
        endings=frozenset({".json"}),
        expected_files="NAME.json",
        is_candidate=labelme.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "masks",
        label_kinds=frozenset({"points"}),
        reader=lambda place, _: masks.read_mask_folder(place),
        writer=masks.write_mask_folder,
        is_candidate_folder=masks.is_candidate_folder,
        expected_files="images/NAME.jpg → masks/NAME.png",
        missing_means_unlabelled=True,
        count_losses=masks.count_losses,
    ),
    LabelFormat(
        "csv",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=make_single_file_reader(csv_labels.read_csv, csv_labels.find_files),
        writer=csv_labels.write_csv,
        is_candidate_folder=lambda folder: bool(csv_labels.find_files(folder)),
        endings=frozenset({".csv"}),
        kept_flags=ALL_FLAGS,
        with_pictures=False,
    ),
    LabelFormat("fiftyone", label_kinds=frozenset({"class", "boxes"}), writer=fiftyone.write_fiftyone, kept_flags=ALL_FLAGS),
    LabelFormat(
        "parquet",
        label_kinds=frozenset({"class", "boxes", "points"}),
        writer=parquet.write_parquet,
        kept_flags=ALL_FLAGS,
        with_pictures=False,
    ),
)
"""In the order in which they are offered."""

BY_NAME = MappingProxyType({one.name: one for one in FORMATS})
READABLE = tuple(one.name for one in FORMATS if one.reader is not None)
WRITABLE = tuple(one.name for one in FORMATS if one.writer is not None)


def list_label_patterns() -> tuple[str, ...]:
    """Patterns of the single files that can be read, such as `*.csv`, in the order of the alphabet."""
    return tuple(sorted({f"*{ending}" for one in FORMATS if one.reader is not None for ending in one.endings}))


def list_writable_formats(kind: Labels) -> tuple[str, ...]:
    """The formats that labels of this kind can be written in, in the order of the alphabet."""
    return tuple(sorted(one.name for one in FORMATS if one.writer is not None and kind in one.label_kinds))
