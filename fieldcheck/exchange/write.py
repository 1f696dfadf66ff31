"""Labelled pictures in other people's formats, each as `exchange/read.py` reads it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from fieldcheck.exchange.formats import ALL_FLAGS, BY_NAME
from fieldcheck.exchange.label_set import list_losses
from fieldcheck.exchange.labelled_picture import LabelledImage


def write_labels(out: Path, kind: str, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> tuple[Path, ...]:
    """Writes them under `out` in the format of this name and returns the files, label files first.

    `csv` and `parquet` are one file, with the frames' own names and without pictures; the other formats hold the pictures. Raises
    ValueError for a format that is not written, DiskFull, ReadOnlyPlace, and PathRefused or ExtraMissing as the format's own writer does.
    """
    writes = BY_NAME[kind].writer
    if writes is None:
        raise ValueError(f"{kind} is read and not written")
    return tuple(writes(out, classes, pictures))


def count_export_losses(kind: str, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> tuple[tuple[str, int], ...]:
    """Losses of an export: what the format cannot hold of these pictures, as pairs of a kind of loss and how many."""
    held = BY_NAME[kind]
    lost = held.count_losses(classes, pictures)
    for box in (box for one in pictures for box in one.boxes):
        lost.update(flag for flag in ALL_FLAGS - held.kept_flags if getattr(box, flag))
    return list_losses(lost | Counter(pictures=0 if held.with_pictures else len(pictures)))
