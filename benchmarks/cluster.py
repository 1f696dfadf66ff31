"""Pictures a second on a Dask cluster of this machine: two workers of one thread against one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.graphs import mobilenet
from benchmarks.inference import NOW, picture_files
from benchmarks.row import Row, row
from fieldcheck.cluster import use_cluster
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.run import PictureChunk, predict_images
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import NullProgress

BAR = 1.6
PICTURES, SMALL, ROUNDS = 1000, 8, 3
HOST = "127.0.0.1"


def rows(smoke: bool) -> list[Row]:
    """The row `cluster`."""
    n, rounds = (SMALL, 1) if smoke else (PICTURES, ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = sorted(picture_files(root / "pictures", n).iterdir())
        wish = NewProjectRequest(model=mobilenet(root / "net.onnx"))
        with set_up_project(root / "line.fieldcheck", wish, NOW).project as project:
            model = make_model_file(project, find_model(project))
            subjects = [(file.name, str(file)) for file in files]
            chunks = [PictureChunk(model, some) for some in split_into_chunks(subjects)]
            with _cluster(root, 1) as one_worker, _cluster(root, 2) as two_workers:
                rates = [
                    (_measure_rate(one_worker, chunks, n), _measure_rate(two_workers, chunks, n))
                    for _ in range(rounds + 1)
                ][1:]  # the first round warms up
    first, second = sorted(rates, key=lambda pair: pair[1] / pair[0])[len(rates) // 2]
    other_is = "one worker, pictures a second"
    return [row("cluster", second, first, other_is, BAR, ">=", rounds)]


def _measure_rate(address: str, chunks: list[PictureChunk], n: int) -> float:
    with use_cluster(address, None, NullProgress()):
        began = time.perf_counter()
        map_chunks(predict_images, chunks, lambda _chunk, _rows: None, NullProgress())
        return n / (time.perf_counter() - began)


@contextmanager
def _cluster(folder: Path, n_workers: int) -> Iterator[str]:
    """A scheduler with workers of one thread each, for the length of the block: its address."""
    file = folder / f"scheduler{n_workers}.json"
    processes = [_start("dask_scheduler", "--scheduler-file", str(file), "--port", "0")]
    try:
        processes += [
            _start("dask_worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny")
            for _ in range(n_workers)
        ]
        while not file.exists():
            time.sleep(0.05)
        address: str = json.loads(file.read_text())["address"]
        yield address
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", HOST, "--no-dashboard"]
    return subprocess.Popen(
        [*command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
