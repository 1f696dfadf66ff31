"""A folder for each class, pictures inside: the class is the folder's name without blanks around
it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fieldcheck.domain.label import BenchmarkItem
from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.files import join_inside
from fieldcheck.labels.formats.label_set import (
    LabelledImage,
    LabelSet,
    SkippedItems,
    list_class_folders,
    list_images,
    list_merged_classes,
    list_split_folders,
)
from fieldcheck.labels.formats.untrusted_files import (
    PICTURE_ENDINGS,
    make_refusal,
    parse_class_name,
    resolve_relative_path,
)

LONGEST_NAME = 255  # bytes that a folder's name may have on the file systems of Linux and Windows
OF_FORMATS = frozenset(
    {
        "images",
        "imgs",
        "labels",
        "annotation",
        "annotations",
        "masks",
        "jpegimages",
        "segmentationclass",
    }
)
OF_MASKS = frozenset({"annotation", "annotations", "masks", "mask", "segmentationclass"})
"""Folders whose images are masks, which need a list of class names beside them."""
OF_FORMATS |= OF_MASKS | {"image", "label"}
"""Folders of other formats: a set of theirs whose labels are not found must not become one with the
classes "images" and "labels"."""


def read_imagefolder(root: Path) -> LabelSet:
    """The set in a folder, classes and pictures in name order. Raises LabelsRefused, `several`
    where the folders are splits."""
    if not root.is_dir():
        raise make_refusal(root, root.name, "no_folder")
    if splits := list_split_folders(root):
        raise LabelsRefused(root, "several", ", ".join(splits))
    folders = list_class_folders(root)
    if of_a_format := sorted(name for name in folders if name.lower() in OF_FORMATS):
        with_masks = [
            name
            for name in of_a_format
            if name.lower() in OF_MASKS and next(list_images(root / name), None)
        ]
        if with_masks:
            raise make_refusal(root, f"{with_masks[0]}/", "no_names")
        raise LabelsRefused(root, "no_labels", ", ".join(of_a_format))
    class_by_folder = {folder: parse_class_name(folder, root, folder) for folder in folders}
    items, names = [], []
    for folder, class_name in class_by_folder.items():
        for name in list_images(root / folder):
            # "./" keeps a blank at the front, which of a path in a text belongs to the text
            path = resolve_relative_path(root, f"./{folder}/{name}", root)
            items.append(BenchmarkItem(path, class_name))
            names.append(name)
    return LabelSet(
        "imagefolder",
        root,
        tuple(dict.fromkeys(class_by_folder.values())),
        tuple(items),
        tuple(names),
        SkippedItems(merged=list_merged_classes(class_by_folder)),
    )


def write_imagefolder(
    out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]
) -> list[Path]:
    """The pictures, each in the folder of its class. Raises PathRefused for a class that cannot be
    a folder's name and read back as the same class; then nothing is written."""
    positions = [_make_class_folder(out, image.class_name) / image.file for image in pictures]
    return [image.save_image(path) for path, image in zip(positions, pictures, strict=True)]


def is_candidate_folder(folder: Path) -> bool:
    """Class folders with pictures, and no picture that lies beside them."""
    loose = any(file.suffix.lower() in PICTURE_ENDINGS for file in folder.iterdir())
    return not loose and any(
        next(list_images(folder / name), None) for name in list_class_folders(folder)
    )


def _make_class_folder(out: Path, class_name: str) -> Path:
    if (
        class_name.startswith(".")
        or "/" in class_name
        or "\\" in class_name
        or len(class_name.encode()) > LONGEST_NAME
    ):
        raise PathRefused(class_name, "name")
    return join_inside(out, class_name)
