"""The first opening of a video whose kind is not decoded every day: in a child process, which may crash or hang and ends nothing else.

`python -m fieldcheck.capture.video_decode_all PATH SECONDS` opens it, makes its index and decodes it to the end, and prints `done`, or
`time` once it has used so many seconds of processor time.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from threading import Lock

from fieldcheck.capture.video_kind import is_known_good
from fieldcheck.child_process import run_module
from fieldcheck.errors import VideoUnreadable

DONE, TIME = "done", "time"
SECONDS, SECONDS_A_MB = 60.0, 2.0  # of processor time
WAITED, START_S = 10, 60.0  # times as long by the clock and a while to begin, for a child that is given hardly any processor time
UNDER_TRIAL = "FIELDCHECK_VIDEO_TRIAL"  # in the child itself nothing is tried again
TRIALS_REMEMBERED = 256

_trying = Lock()


def probe_decoder(path: Path) -> None:
    """Returns where a video may be decoded in this process. A file is tried once for as long as it does not change.

    Raises VideoUnreadable `crashed` or `time` where it brought the child down, `busy` where that had no turn; Cancelled.
    """
    if os.environ.get(UNDER_TRIAL):
        return
    found = path.stat()
    with _trying:
        problem = _find_problem(path, found.st_size, found.st_mtime_ns)
    if problem:
        raise VideoUnreadable(path, problem)


@lru_cache(maxsize=TRIALS_REMEMBERED)
def _find_problem(path: Path, size: int, _changed: int) -> str:
    if is_known_good(path):
        return ""
    limit = SECONDS + SECONDS_A_MB * size / 1e6
    try:
        arguments = [str(path.absolute()), str(limit)]
        child = run_module("fieldcheck.capture.video_decode_all", arguments, WAITED * limit + START_S, extra={UNDER_TRIAL: "1"})
    except TimeoutError:
        raise VideoUnreadable(path, "busy") from None  # not remembered: at another time the computer has time for it
    said = child.stdout.decode(errors="replace").strip() if child.returncode == 0 else ""
    return {DONE: "", TIME: "time"}.get(said, "crashed")
