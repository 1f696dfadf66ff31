"""A labelled set as read from files, a labelled image to be written, and the size of an image from
its header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.domain.prediction import Labels, get_answer_kind
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.files import map_os_errors, write_bytes
from fieldcheck.labels.formats.untrusted_files import make_refusal

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
