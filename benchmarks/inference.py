"""Picture files to stored predictions, against a bare `session.run` on tensors that are ready, at its best threads and batch."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmarks.graphs import SIZE, mobilenet, resnet50
from benchmarks.row import Row, row
from fieldcheck.domain.benchmark import Benchmark, BenchmarkItem
from fieldcheck.progress import Silent
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.workflows.models import find_model
from fieldcheck.workflows.new_project import Wanted, new_project
from fieldcheck.workflows.run_model import run_on

NOW = "2026-01-01T00:00:00+00:00"


def rows(smoke: bool) -> list[Row]:
    """The rows `inference_mobilenet` and `inference_resnet50`: pictures a second, ours over the limit."""
    found = []
    for name, make, bar, n in (("mobilenet", mobilenet, 0.70, 2000), ("resnet50", resnet50, 0.90, 100)):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            n_pictures, runs = (16, 1) if smoke else (n, 5)
            model, pictures = make(root / f"{name}.onnx"), _pictures(root / "pictures", n_pictures)
            # Ours first: in a process where sessions of several threads have run, whatever comes after them is a tenth slower.
            ours = statistics.median(our_rate(root / f"{run}.fieldcheck", model, pictures) for run in range(runs))
            limit = best_rate(model, n_pictures, runs)
            found.append(row(f"inference_{name}", ours, limit, "bare session.run on ready tensors, pictures a second", bar, ">=", runs))
    return found


def _pictures(folder: Path, n: int) -> Path:
    """`n` JPEG pictures of 256 x 256."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(n):
        coarse = rng.integers(0, 256, (16, 16, 3), np.uint8)
        cv2.imwrite(str(folder / f"{number:05d}.jpg"), cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_CUBIC))
    return folder


def our_rate(path: Path, model: Path, pictures: Path) -> float:
    """Pictures a second from files to committed rows."""
    begun = new_project(path, Wanted(model=model), NOW)
    with begun.project as project:
        items = tuple(BenchmarkItem(file.name, "class 0") for file in sorted(pictures.iterdir()))
        benchmark = Benchmark(str(pictures), "csv", None, ("class 0",), items)
        project.write(lambda db: benchmarks_table.put(db, benchmark)).result()
        began = time.perf_counter()
        ran = run_on(project, find_model(project), "benchmark", Silent(), NOW)
        return ran.n_done / (time.perf_counter() - began)


def best_rate(model: Path, n: int, runs: int) -> float:
    """The best of the usual threads and batches, each the median of `runs`."""
    rates = []
    for threads in sorted({1, os.cpu_count() or 1}):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        for batch in (1, 4, 8):
            rates.append(statistics.median(_rate(session, batch, n) for _ in range(runs)))
    return max(rates)


def _rate(session: onnxruntime.InferenceSession, batch: int, n: int) -> float:
    tensor: NDArray[np.float32] = np.random.default_rng(0).normal(size=(batch, 3, SIZE, SIZE)).astype(np.float32)
    session.run(None, {"input": tensor})
    began = time.perf_counter()
    for _ in range(max(1, n // batch)):
        session.run(None, {"input": tensor})
    return max(1, n // batch) * batch / (time.perf_counter() - began)
