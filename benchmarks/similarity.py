"""The hundred most alike of 20,000 embeddings, for a hundred frames in turn, against the matrix
product alone; and how long 10,000 picture files take to their embeddings, against two minutes."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.graphs import mobilenet
from benchmarks.inference import picture_files
from benchmarks.row import Row, in_turn, row
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.models.embeddings import compute_embeddings
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.stats.similarity import find_nearest_vectors, normalize_rows

BAR = 2.0
N_EMBEDDED, LIMIT_S = 10_000, 120.0
NOW = "2026-01-01T00:00:00+00:00"
N, D, QUERIES, NEAREST = 20_000, 512, 100, 100


def rows(smoke: bool) -> list[Row]:
    """The rows `similarity` and `similarity_embed`."""
    n = 500 if smoke else N
    vectors = made_up(n, D, seed=0)
    queries = vectors[:QUERIES]

    def ours() -> None:
        for query in queries:
            find_nearest_vectors(vectors, query, NEAREST)

    def product() -> None:
        for query in queries:
            vectors @ query

    medians = in_turn(ours, product, runs=1 if smoke else 5)
    other_is = "numpy's matrix product alone, seconds for 100 frames"
    n_embedded = 4 if smoke else N_EMBEDDED
    return [
        row(
            "similarity", medians.ours, medians.other, other_is, BAR, "<=", 1 if smoke else 5,
            floor=medians.floor,
        ),
        row(
            "similarity_embed", embedded(n_embedded), LIMIT_S,
            f"limit, seconds for {n_embedded} picture files", 1.0, "<=", 1,
        ),
    ]  # fmt: skip


def embedded(n: int) -> float:
    """Seconds from `n` JPEG pictures of 256 x 256, no two alike, to their stored vectors of a model
    of MobileNet size."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = sorted(picture_files(root / "benchmark", n).iterdir())
        items = tuple(BenchmarkItem(file.name, "class 0") for file in files)
        new_project = set_up_project(
            root / "p.fieldcheck", NewProjectRequest(model=mobilenet(root / "mobilenet.onnx")), NOW
        )
        with new_project.project as project:
            benchmark = Benchmark(str(root / "benchmark"), "csv", None, ("class 0",), items)
            project.write(lambda db: benchmarks_table.put_benchmark(db, benchmark)).result()
            began = time.perf_counter()
            compute_embeddings(project, "benchmark", NullProgress(), most=None)
            return time.perf_counter() - began


def made_up(n: int, d: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """(n, d) float32 of unit length in clusters, as frames of the same things lie."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(50, d))
    return normalize_rows(
        (centres[rng.integers(0, 50, n)] + 0.7 * rng.normal(size=(n, d))).astype(np.float32)
    )
