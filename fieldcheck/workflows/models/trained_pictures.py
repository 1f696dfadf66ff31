"""Leakage of training pictures into a benchmark: files of the one that also lie in the other, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fieldcheck.errors import PathMissing
from fieldcheck.exchange.imagefolder import pictures
from fieldcheck.files import sha256_file
from fieldcheck.progress import Progress


def also_trained_on(files: Sequence[tuple[str, Path]], folder: Path, progress: Progress) -> tuple[str, ...]:
    """Names of those pictures whose very file lies anywhere below `folder` too, under whatever name. Only files of equal size are read.

    One that was saved anew is not found. Raises PathMissing, Cancelled.
    """
    if not folder.is_dir():
        raise PathMissing(folder)
    wanted = {path.stat().st_size for _, path in files}
    trained: dict[int, set[str]] = {}
    for path in (folder / name for name in pictures(folder)):
        size = path.stat().st_size
        if size in wanted:
            progress.check()
            trained.setdefault(size, set()).add(sha256_file(path))
    return tuple(name for name, path in files if (of_size := trained.get(path.stat().st_size)) and sha256_file(path) in of_size)
