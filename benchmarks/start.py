"""Process start → first paint → usable, with four recent projects, against an empty PySide6 window
started in turn; and the processor time of a command's help."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from benchmarks.row import Row, of_rounds, row
from benchmarks.screen import environment
from fieldcheck.cli.main import ROOMS
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.progress import NullProgress
from fieldcheck.sampling.pick_frames import pick_frames
from fieldcheck.settings import Settings, save_settings

FIRST_BAR, USABLE_BAR = 2.0, 3.0
HELP_LIMIT_S = 0.5
HELP = """
import sys, time
from fieldcheck.cli.main import main
main([sys.argv[1], "--help"])
print(time.process_time(), file=sys.stderr)
"""
NOW = "2026-01-01T00:00:00+00:00"
WATCH = Path(__file__).with_name("watch.py")
SIDES = ("ours", "empty", "empty")  # the second for the noise floor
N_RECENT = 4


def rows(smoke: bool) -> list[Row]:
    """The rows `start_painted` and `start_usable`: medians of seconds from the start of the
    process; and `start_help`, seconds of processor time of the slowest command's help."""
    runs = 1 if smoke else 9
    with tempfile.TemporaryDirectory() as folder:
        home = made_home(Path(folder))
        with environment(home) as variables:
            rounds = [
                [start(side, variables) for side in SIDES] for _ in range(runs + (not smoke))
            ][-runs:]
    painted, usable = (
        of_rounds([(ours[moment], empty[moment], again[moment]) for ours, empty, again in rounds])
        for moment in (0, 1)
    )
    other_is = "an empty PySide6 window, seconds"
    return [
        row(
            "start_painted", painted.ours, painted.other, other_is, FIRST_BAR, "<=", runs,
            floor=painted.floor,
        ),
        row(
            "start_usable", usable.ours, usable.other, other_is, USABLE_BAR, "<=", runs,
            floor=usable.floor,
        ),
        row(
            "start_help", measure_slowest_help(1 if smoke else 3), HELP_LIMIT_S,
            "limit, seconds of processor for --help of the slowest command", 1.0, "<=",
            1 if smoke else 3,
        ),
    ]  # fmt: skip


def measure_slowest_help(runs: int) -> float:
    """Seconds of processor time from the start of the process to the printed help: the largest of
    the medians of one command from each module, since a module is loaded whole."""
    commands = [next(iter(commands_of_room)) for commands_of_room in ROOMS.values()]
    return max(statistics.median(_measure_help(name) for _ in range(runs)) for name in commands)


def _measure_help(command: str) -> float:
    completed = subprocess.run(
        [sys.executable, "-c", HELP, command], check=True, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    return float(completed.stderr.split()[-1])


def start(side: str, variables: Mapping[str, str]) -> tuple[float, float]:
    """Seconds to the first paint, and until a key is answered with everything in place, of one
    fresh process."""
    began = time.monotonic()
    completed = subprocess.run(
        [sys.executable, "-P", str(WATCH), str(began), side], env=variables, check=True,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    painted, usable = completed.stdout.split()
    return float(painted), float(usable)


def made_home(root: Path) -> Path:
    """A home whose settings name four projects with picked frames."""
    home, first = root / "home", root / "site 0.fieldcheck"
    pictures = root / "pictures"
    pictures.mkdir()
    rng = np.random.default_rng(0)
    for number in range(12):
        rough = rng.integers(0, 256, (9, 16, 3), np.uint8)
        cv2.imwrite(
            str(pictures / f"{number:03d}.png"),
            cv2.resize(rough, (1280, 720), interpolation=cv2.INTER_CUBIC),
        )
    with set_up_project(first, NewProjectRequest(classes=("ok", "dent")), NOW).project as project:
        import_footage(project, [pictures], FootageInfo(), NullProgress(), NOW)
        pick_frames(
            project, count=10, seed=0, design="balanced", required=(), progress=NullProgress(),
            now=NOW,
        )  # fmt: skip
    paths = [first, *(root / f"site {number}.fieldcheck" for number in range(1, N_RECENT))]
    for path in paths[1:]:
        shutil.copytree(first, path)
    save_settings(home / "settings", Settings(recent=tuple(os.fspath(path) for path in paths)))
    return home
