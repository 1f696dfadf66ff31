"""Versions and machine that answers are computed with: kept with every run, told by every report, compared by a replay."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib import metadata

from fieldcheck import __version__
from fieldcheck.domain.run import RunEnvironment
from fieldcheck.inference.plugins import plugin_versions
from fieldcheck.speed.machine import machine_name

LIBRARIES = ("numpy", "onnxruntime", "opencv-python-headless", "albumentations", "faster-coco-eval", "scipy", "pillow")
ANSWER_THREADS = 1  # of each session that answers a run: pictures are worked on side by side instead


def run_environment() -> RunEnvironment:
    """This program on this computer, as a run keeps it, with the version and source of every decoder plug-in."""
    machine = _machine()
    return RunEnvironment(
        {**library_versions(), **plugin_versions()}, {name: machine[name] for name in ("processor", "cores", "system")}, ANSWER_THREADS
    )


@cache
def _machine() -> dict[str, str]:
    return machine_name()


@cache
def library_versions() -> dict[str, str]:
    """Versions of this program, of Python and of each library that has a part in the figures."""
    return {"fieldcheck": __version__, "python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}


def machine_kind() -> dict[str, str]:
    """System, processor family and number of cores, as a report tells them."""
    return {"system": f"{platform.system()} {platform.release()}", "processor": platform.machine(), "cores": str(os.cpu_count())}
