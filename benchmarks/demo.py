"""The demo project from its files to frames that wait for labels, as the window makes it, in
processor time of a process and of its children."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.row import Row, row
from benchmarks.usage import get_children_seconds
from fieldcheck.api.demo import get_demo_files, prepare_demo
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.progress import NullProgress

LIMIT_S, RUNS = 15.0, 5
NOW = "2026-01-01T00:00:00+00:00"


def rows(smoke: bool) -> list[Row]:
    """One row: seconds against the limit; `smoke` imports a single clip."""
    rounds = [measure("clip" if smoke else "project") for _ in range(1 if smoke else RUNS)]
    seconds, other_is = statistics.median(rounds), "limit, processor seconds"
    return [row("demo", seconds, LIMIT_S, other_is, 1.0, "<=", len(rounds))]


def measure(work: str) -> float:
    """Processor seconds of the work in a process of its own, its start included."""
    start_s = get_children_seconds()
    subprocess.run([sys.executable, "-m", "benchmarks.demo", work], check=True)
    return get_children_seconds() - start_s


def main(work: str) -> None:
    """Makes the demo project, or a project with its first clip."""
    with tempfile.TemporaryDirectory() as folder:
        if work == "project":
            prepare_demo(Path(folder), NullProgress(), NOW)
            return
        sample = get_demo_files()
        clip = sample.get_footage_path(sample.key["footage"][0])
        request = NewProjectRequest(sample.model)
        with set_up_project(Path(folder) / "p.fieldcheck", request, NOW).project as project:
            import_footage(project, [clip], FootageInfo(), NullProgress(), NOW)


if __name__ == "__main__":
    main(sys.argv[1])
