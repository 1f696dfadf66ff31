"""The fit of a camera, once a test run for the same footage and benchmark: it is the slowest part
of every recipe that is exported."""

import os
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from fieldcheck.corruptions.match_field import CameraFit, fit_field, get_compared_images
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as benchmarks_table

LOOKED_AT = ("benchmark", "frames", "recordings")  # folders of a project that hold pictures

Fit = Callable[[Project, int, Progress], CameraFit]
# the product's own, from before it is replaced by one that remembers
ALWAYS_MEASURED: Fit = fit_field


def once(fit: Fit, kept: Path) -> Fit:
    """`fit`, which tells again what it found where every byte that it looks at is the same. `kept`:
    a folder for what was found, of all processes of the test run."""

    def asked(project: Project, seed: int, progress: Progress) -> CameraFit:
        progress.check()
        compared = get_compared_images(project)
        key = "\n".join((compared, str(seed), *_bytes_of(project)))
        known = kept / sha256(key.encode()).hexdigest()
        if compared and known.exists():
            found: CameraFit = pickle.loads(known.read_bytes())
            return found
        found = fit(project, seed, progress)
        if compared:
            half = kept / f"{known.name}.{os.getpid()}"
            half.write_bytes(pickle.dumps(found))
            half.replace(known)
        return found

    return asked


def _bytes_of(project: Project) -> list[str]:
    benchmark = project.read(benchmarks_table.get_benchmark)
    root = get_benchmark_root(project, benchmark) if benchmark is not None else None
    pictures = (
        [root / item.path for item in benchmark.items]
        if benchmark is not None and root is not None
        else []
    )
    own = (file for folder in LOOKED_AT for file in sorted((project.path / folder).rglob("*")))
    return [_told(file) for file in (*pictures, *own)]


def _told(file: Path) -> str:
    return (
        f"{file.name} {sha256(file.read_bytes()).hexdigest()}"
        if file.is_file()
        else f"{file.name} -"
    )
