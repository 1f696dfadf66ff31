"""The fit of a camera, once a test process for the same footage and benchmark: it is the slowest
part of every recipe that is exported."""

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


def once(fit: Fit) -> Fit:
    """`fit`, which tells again what it found where every byte that it looks at is the same."""
    known: dict[tuple[str, ...], CameraFit] = {}

    def asked(project: Project, seed: int, progress: Progress) -> CameraFit:
        progress.check()
        key = (get_compared_images(project), str(seed), *_bytes_of(project))
        if not key[0] or key not in known:
            known[key] = fit(project, seed, progress)
        return known[key]

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
