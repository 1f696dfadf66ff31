"""Prerequisites of the benchmarks beyond the packages of development: ffmpeg, a screen (Xvfb), and
the environments of peers."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import peers

Tool = tuple[str, Callable[[], bool]]
XVFB: Tool = ("Xvfb", lambda: has_screen())
LIBRARIES: Tool = (
    "the libraries of a window (bash packaging/demo.sh installs or names them)",
    lambda: has_window_libraries(),
)
TOOLS: dict[str, tuple[Tool, ...]] = {
    "triage": (("ffmpeg", lambda: shutil.which("ffmpeg") is not None),),
    "start": (XVFB, LIBRARIES),
    "label_latency": (XVFB, LIBRARIES),
    "visit": (XVFB, LIBRARIES),
}
"""By benchmark what it runs with, and whether that is there."""
LIBRARY = re.compile(r"(lib[\w.+-]+\.so\.\d+):lib")
SETUP = Path(__file__).parents[1] / "packaging" / "setup.sh"
OF_PEERS = (
    ("imagecorruptions", peers.IMAGECORRUPTIONS, ("corruptions", "sweep")),
    ("fiftyone", peers.FIFTYONE, ("install",)),
)
"""Each peer with an environment of its own, its packages, and the benchmarks that are held against
it."""
# small runs do without: they show that a script runs, and measure no paint
AT_FULL_SIZE = ("Xvfb",)


def has_screen() -> bool:
    """Whether windows can be painted: by an Xvfb of our own, or on the screen of this machine."""
    return shutil.which("Xvfb") is not None or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def has_window_libraries() -> bool:
    """Whether every shared library that packaging/setup.sh lists can be loaded; without one of them
    a window ends its process. Off Linux they come with Qt."""
    if sys.platform.startswith("linux"):
        return not any(_is_missing(name) for name in LIBRARY.findall(SETUP.read_text("utf-8")))
    else:
        return True


def _is_missing(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return True
    return False


def missing(names: Sequence[str], smoke: bool) -> str:
    """One line of what is to be installed before these benchmarks can run, each with who needs it;
    empty where nothing lacks."""
    rows_by_tool: dict[str, list[str]] = {}
    for name in names:
        for tool, is_there in TOOLS.get(name, ()):
            if not is_there() and not (smoke and tool in AT_FULL_SIZE):
                rows_by_tool.setdefault(tool, []).append(name)
    lacking = (
        ()
        if smoke
        else [
            packages_of
            for name, packages, packages_of in OF_PEERS
            if not peers.is_made(name, packages)
        ]
    )
    if own_packages := [
        package for packages_of in lacking for package in packages_of if package in names
    ]:
        rows_by_tool["the peer's packages (--make-peers downloads them)"] = own_packages
    if not rows_by_tool:
        return ""
    tools_text = "; ".join(
        f"{tool} for {', '.join(for_whom)}" for tool, for_whom in rows_by_tool.items()
    )
    return f"Nothing was run. Install first: {tools_text}."
