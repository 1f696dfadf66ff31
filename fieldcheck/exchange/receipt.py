"""The receipt of an import of labels: what came in, and everything that did not or not as it stood. Nothing is silently fewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange.formats import BY_NAME
from fieldcheck.exchange.label_set import LabelSet, SkippedItems
from fieldcheck.exchange.picture_size import read_image_size
from fieldcheck.files import is_linked

FAULTS = ("absent_parts", "unlabelled", "orphans", "missing", "damaged", "unfit", "merged", "unlike")
"""Of `SkippedItems`: what a strict import refuses."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """`per_class`: boxes of each class, pictures in a set of classes, or points; `n_labelled`: pictures that something is said of;
    `linked`: pictures that are reached through a link; `missing_means_unlabelled`: as of the format (`label_format`)."""

    format: str
    n_pictures: int
    n_labelled: int
    per_class: Mapping[str, int]
    skipped: SkippedItems
    linked: int = 0
    missing_means_unlabelled: bool = False

    @property
    def faults(self) -> dict[str, tuple[str, ...]]:
        """Faults of a label set, by its kind, each by its names; kinds without any are left out."""
        return {kind: names for kind in FAULTS if (names := getattr(self.skipped, kind))}

    @property
    def as_tuple(
        self,
    ) -> tuple[str, int, int, Mapping[str, int], str, int, dict[str, tuple[str, ...]], int, tuple[tuple[str, int], ...], bool]:
        """Figures that its sentences are made of."""
        return (
            self.format, self.n_pictures, self.n_labelled, self.per_class, self.skipped.part, self.skipped.outlines, self.faults,
            self.linked, self.skipped.losses, self.missing_means_unlabelled,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        said = {kind: list(getattr(self.skipped, kind)) for kind in FAULTS}
        return {
            "format": self.format,
            "part": self.skipped.part or None,
            "n_pictures": self.n_pictures,
            "n_labelled": self.n_labelled,
            "per_class": dict(self.per_class),
            "outlines": self.skipped.outlines,
            "linked": self.linked,
            "losses": dict(self.skipped.losses),
            **said,
        }


def make_receipt(found: LabelSet) -> ImportReceipt:
    """Import receipt of what a reader brought, as it stands."""
    boxes = Counter(box.class_name for item in found.items for box in item.boxes)
    points = Counter(point.class_name for item in found.items for point in item.points)
    classes = Counter(item.class_name for item in found.items if item.class_name)
    counts = boxes or classes or points
    silent = set(found.skipped.unlabelled)
    n_labelled = sum(item.path not in silent for item in found.items)
    per_class = {name: counts[name] for name in found.classes}
    linked = sum(is_linked(found.root, item.path) for item in found.items)
    unknown = BY_NAME[found.format].missing_means_unlabelled
    return ImportReceipt(found.format, len(found.items), n_labelled, per_class, found.skipped, linked, unknown)


def drop_unreadable_images(found: LabelSet) -> LabelSet:
    """The set without the pictures that are not there or cannot be read; these are set aside, all of them at once.

    Raises LabelsRefused `no_pictures` where none is left.
    """
    missing, damaged, kept = list(found.skipped.missing), list(found.skipped.damaged), []
    for item, name in zip(found.items, found.names, strict=True):
        path = found.root / item.path
        if not path.is_file():
            missing.append(item.path)
        elif not _is_readable(path):
            damaged.append(item.path)
        else:
            kept.append((item, name))
    if not kept:
        raise LabelsRefused(found.root, "no_pictures", ", ".join((*missing, *damaged)[:MOST_NAMED]))
    aside = replace(found.skipped, missing=tuple(missing), damaged=tuple(damaged))
    return replace(found, items=tuple(item for item, _ in kept), names=tuple(name for _, name in kept), skipped=aside)


def check_strict(path: Path, receipt: ImportReceipt) -> None:
    """Raises LabelsRefused `strict` where anything is not as it should be."""
    if receipt.faults:
        told = [f"{kind} {len(names)}: {', '.join(names[:MOST_NAMED])}" for kind, names in receipt.faults.items()]
        raise LabelsRefused(path, "strict", "; ".join(told))


def _is_readable(path: Path) -> bool:
    try:
        read_image_size(path)
    except LabelsRefused:
        return False
    return True
