"""Picture files to stored predictions, against a bare `session.run` on tensors that are ready, at
its best threads and batch."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmarks.graphs import SIZE, mobilenet, resnet50
from benchmarks.row import Row, row
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.run import run_on_set
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as benchmarks_table

NOW = "2026-01-01T00:00:00+00:00"
ROUNDS, WARM_UP = 9, 16  # pairs, since a machine that others share changes its pace within a minute

Setting = tuple[int, int]  # threads, batch
Found = TypeVar("Found")


def rows(smoke: bool) -> list[Row]:
    """The rows `inference_mobilenet` and `inference_resnet50`: pictures a second, ours over the
    limit, of the round in the middle."""
    table = []
    for name, make, bar, n in (
        ("mobilenet", mobilenet, 0.70, 2000),
        ("resnet50", resnet50, 0.90, 100),
    ):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            n_pictures, rounds = (4, 1) if smoke else (n, ROUNDS)
            model, pictures = (
                make(root / f"{name}.onnx"),
                picture_files(root / "pictures", n_pictures),
            )
            run = _here if smoke else _alone
            pairs = [
                (
                    run(our_rate, root / str(number), model, pictures),
                    run(rates, model, max(1, n_pictures // 4)),
                )
                for number in range(rounds)
            ]
            best = max(
                pairs[0][1],
                key=lambda setting: statistics.median(limits[setting] for _, limits in pairs),
            )
            ours, limit = sorted(
                ((ours, limits[best]) for ours, limits in pairs), key=lambda pair: pair[0] / pair[1]
            )[rounds // 2]
            other_is = (
                f"bare session.run on ready tensors, pictures a second, {best[0]} threads, "
                f"batch {best[1]}"
            )
            floors = [limits[best] / before[best] for (_, before), (_, limits) in pairwise(pairs)]
            floor = statistics.median(floors) if floors else None
            table.append(
                row(f"inference_{name}", ours, limit, other_is, bar, ">=", rounds, floor=floor)
            )
    return table


def _here(work: Callable[..., Found], *arguments: object) -> Found:
    return work(*arguments)


def _alone(work: Callable[..., Found], *arguments: object) -> Found:
    """What `work` returns in a process of its own: sessions of several threads leave whatever comes
    after them a tenth slower."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def picture_files(folder: Path, n: int) -> Path:
    """`n` JPEG pictures of 256 x 256."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(n):
        coarse = rng.integers(0, 256, (16, 16, 3), np.uint8)
        cv2.imwrite(
            str(folder / f"{number:05d}.jpg"),
            cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_CUBIC),
        )
    return folder


def our_rate(folder: Path, model: Path, pictures: Path) -> float:
    """Pictures a second from files to committed rows, after a warm-up with the first few in a
    project of its own."""
    files = sorted(pictures.iterdir())
    _stored(folder / "first.fieldcheck", model, files[:WARM_UP])
    return _stored(folder / "second.fieldcheck", model, files)


def _stored(path: Path, model: Path, files: Sequence[Path]) -> float:
    path.parent.mkdir(exist_ok=True)
    new_project = set_up_project(path, NewProjectRequest(model=model), NOW)
    with new_project.project as project:
        items = tuple(BenchmarkItem(file.name, "class 0") for file in files)
        benchmark = Benchmark(str(files[0].parent), "csv", None, ("class 0",), items)
        project.write(lambda db: benchmarks_table.put_benchmark(db, benchmark)).result()
        began = time.perf_counter()
        ran = run_on_set(project, find_model(project), "benchmark", NullProgress(), NOW)
        return ran.n_done / (time.perf_counter() - began)


def rates(model: Path, n: int) -> dict[Setting, float]:
    """Pictures a second by the usual numbers of threads and those sizes of a batch that `n`
    pictures fill."""
    rate_by_setting = {}
    for threads in sorted({1, os.cpu_count() or 1}):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        for batch in (size for size in (1, 4, 8) if size <= n):
            rate_by_setting[threads, batch] = _rate(session, batch, n)
    return rate_by_setting


def _rate(session: onnxruntime.InferenceSession, batch: int, n: int) -> float:
    tensor: NDArray[np.float32] = (
        np.random.default_rng(0).normal(size=(batch, 3, SIZE, SIZE)).astype(np.float32)
    )
    session.run(None, {"input": tensor})
    began = time.perf_counter()
    for _ in range(max(1, n // batch)):
        session.run(None, {"input": tensor})
    return max(1, n // batch) * batch / (time.perf_counter() - began)
