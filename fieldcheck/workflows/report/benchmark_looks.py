"""Light and time of the benchmark's pictures: measured once for the pictures as they are named, and kept."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from math import nan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.benchmark import Benchmark
from fieldcheck.errors import PathMissing, PictureUnreadable
from fieldcheck.files import join_inside_data_set
from fieldcheck.imaging.codec import read_capture_time, read_image
from fieldcheck.imaging.quality import measure_quality
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.chunks import map_chunks, split_into_chunks
from fieldcheck.workflows.models.run_model import compute_benchmark_key, get_benchmark_root

MOST = 2000  # pictures that stand for a larger benchmark, always the same draw
FIGURES = ("mean", "contrast", "clipped_high", "hour", "month")  # the last two NaN where the file does not say


@dataclass(frozen=True, slots=True)
class BenchmarkImages:
    """Some pictures: the name a row is kept under, and the file."""

    paths_by_name: tuple[tuple[str, str], ...]


def measure_benchmark_images(project: Project, benchmark: Benchmark, progress: Progress) -> dict[str, NDArray[np.float32]]:
    """Path of a picture → (5,) `FIGURES`; one that cannot be read has none. Measured once where the project can be written. Raises
    Cancelled."""
    paths, key = sample_paths(benchmark), f"looks {compute_benchmark_key(benchmark)}"
    known = project.cache.get_vectors(key, paths)
    missing = sorted(set(paths) - known.keys())
    root = get_benchmark_root(project, benchmark)
    chunks = [BenchmarkImages(part) for part in split_into_chunks([(path, str(join_inside_data_set(root, path))) for path in missing])]

    def store_figures(_files: BenchmarkImages, found: dict[str, NDArray[np.float32]]) -> None:
        known.update(found)
        if project.writable:
            project.cache.put_vectors(key, "", found)

    map_chunks(measure_images, chunks, store_figures, progress)
    return known


def sample_paths(benchmark: Benchmark) -> list[str]:
    """The pictures in the order of their names, or as many of them as stand for all."""
    paths = sorted({item.path for item in benchmark.items})
    if len(paths) <= MOST:
        return paths
    return [paths[at] for at in np.sort(np.random.default_rng(0).choice(len(paths), MOST, replace=False)).tolist()]


def measure_images(chunk: BenchmarkImages) -> dict[str, NDArray[np.floating]]:
    """The figures of every picture of the chunk that can be read. Pure."""
    found: dict[str, NDArray[np.floating]] = {}
    for name, file in chunk.paths_by_name:
        with suppress(PictureUnreadable, PathMissing):
            seen, second = measure_quality(read_image(Path(file))), read_capture_time(Path(file))
            taken = None if second is None else datetime.fromtimestamp(second, UTC)
            when = (nan, nan) if taken is None else (taken.hour, taken.month)
            found[name] = np.array([seen.mean, seen.contrast, seen.clipped_high, *when], np.float32)
    return found
