"""Labelled pictures in other people's formats, each as `exchange/read.py` reads it back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fieldcheck.exchange.formats import BY_NAME
from fieldcheck.exchange.labelled_picture import LabelledPicture


def write_labels(out: Path, kind: str, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> tuple[Path, ...]:
    """Writes them under `out` in the format of this name and returns the files, label files first.

    `csv` is one file, with the frames' own names and without pictures; the other formats hold the pictures. Raises
    ValueError for a format that is not written, DiskFull, ReadOnlyPlace, and PathRefused as the format's own writer does.
    """
    writes = BY_NAME[kind].writes
    if writes is None:
        raise ValueError(f"{kind} is read and not written")
    return tuple(writes(out, classes, pictures))
