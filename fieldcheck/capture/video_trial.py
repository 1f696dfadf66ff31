"""The first opening of a video whose kind is not decoded every day: in a child process, which may crash or hang and ends nothing else.

`python -m fieldcheck.capture.video_decode_all PATH` opens it, makes its index and decodes it to the end, and prints `done`.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from threading import Lock

from fieldcheck.capture.video_kind import is_known_good
from fieldcheck.child_process import run_module
from fieldcheck.errors import VideoUnreadable

DONE = "done"
SECONDS, SECONDS_A_MB = 60.0, 2.0
UNDER_TRIAL = "FIELDCHECK_VIDEO_TRIAL"  # in the child itself nothing is tried again
REMEMBERED = 256

_trying = Lock()


def tried(path: Path) -> None:
    """Returns where a video may be decoded in this process. A file is tried once for as long as it does not change.

    Raises VideoUnreadable `crashed` or `time` where it brought the child down; Cancelled.
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
    limit = SECONDS + SECONDS_A_MB * size / 1e6
    try:
        child = run_module("fieldcheck.capture.video_decode_all", [str(path.absolute())], limit, extra={UNDER_TRIAL: "1"})
    except TimeoutError:
        return "time"
    return "" if child.returncode == 0 and child.stdout.strip() == DONE.encode() else "crashed"
