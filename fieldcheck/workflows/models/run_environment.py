"""Versions and machine that answers are computed with: kept with every run, told by every report, compared by a replay."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib import metadata

from fieldcheck import __version__
from fieldcheck.domain.run import RunEnvironment
from fieldcheck.inference.plugins import get_plugin_versions
from fieldcheck.speed.machine import read_machine_name

LIBRARIES = ("numpy", "onnxruntime", "opencv-python-headless", "albumentations", "faster-coco-eval", "scipy", "pillow")
ANSWER_THREADS = 1  # of each session that answers a run: pictures are worked on side by side instead


def get_run_environment() -> RunEnvironment:
    """This program on this computer, as a run keeps it, with the version and source of every decoder plug-in."""
    machine = _describe_machine()
    return RunEnvironment(
        {**get_library_versions(), **get_plugin_versions()},
        {name: machine[name] for name in ("processor", "cores", "system")},
        ANSWER_THREADS,
    )


@cache
def _describe_machine() -> dict[str, str]:
    return read_machine_name()


@cache
def get_library_versions() -> dict[str, str]:
    """Versions of this program, of Python and of each library that has a part in the figures."""
    return {"fieldcheck": __version__, "python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}


def get_machine_kind() -> dict[str, str]:
    """System, processor family and number of cores, as a report tells them."""
    return {"system": f"{platform.system()} {platform.release()}", "processor": platform.machine(), "cores": str(os.cpu_count())}
