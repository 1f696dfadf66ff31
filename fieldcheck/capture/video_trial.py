"""The first opening of a video whose kind is not decoded every day: in a child process, which may crash or hang and ends nothing else.

`python -m fieldcheck.capture.video_decode_all PATH` opens it, makes its index and decodes it to the end, and prints `done`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import Lock

import fieldcheck
from fieldcheck.capture.video_kind import is_known_good
from fieldcheck.errors import VideoUnreadable

DONE = "done"
SECONDS, SECONDS_A_MB = 60.0, 2.0
UNDER_TRIAL = "FIELDCHECK_VIDEO_TRIAL"  # in the child itself nothing is tried again
REMEMBERED = 256

_trying = Lock()


def tried(path: Path) -> None:
    """Returns where a video may be decoded in this process. A file is tried once for as long as it does not change.

    Raises VideoUnreadable `crashed` or `time` where it brought the child down.
    """
    if os.environ.get(UNDER_TRIAL):
        return
    found = path.stat()
    with _trying:
        problem = _problem(path, found.st_size, found.st_mtime_ns)
    if problem:
        raise VideoUnreadable(path, problem)


@lru_cache(maxsize=REMEMBERED)
def _problem(path: Path, size: int, _changed: int) -> str:
    if is_known_good(path):
        return ""
    home = str(Path(fieldcheck.__file__).parent.parent)
    seen = os.environ.get("PYTHONPATH")
    environment = {**os.environ, UNDER_TRIAL: "1", "PYTHONPATH": os.pathsep.join([home, seen] if seen else [home])}
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "fieldcheck.capture.video_decode_all", str(path.absolute())],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS + SECONDS_A_MB * size / 1e6, env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "time"
    return "" if child.returncode == 0 and child.stdout.strip() == DONE.encode() else "crashed"
