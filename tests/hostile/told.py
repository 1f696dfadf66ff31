"""Refusals of a stranger's file: one sentence, within seconds."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.messages import describe_bug, format_error

MOST_S = 5.0
PRESSURE = Path("/proc/pressure/cpu")
THREADS = Path("/proc/self/task")


class Unhindered:
    """Seconds that something took, or would have taken on a machine that does nothing else: the
    processor time of this process, or the time by the clock less that spent in the queue for a
    processor, whichever is more. The queue is that of this process's threads, or the time in which
    anything on the machine stood in it (which counts processes that this one waits for), whichever
    is longer."""

    def __enter__(self) -> Unhindered:
        self._wall, self._cpu, self._machine, self._own = (
            time.monotonic(), time.process_time(), _machine_s(), _own_s(),
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        queued = max(_machine_s() - self._machine, _own_s() - self._own)
        self.seconds = max(time.process_time() - self._cpu, time.monotonic() - self._wall - queued)


def _machine_s() -> float:
    """Seconds since the start of the machine in which something waited for a processor, 0 where the
    system does not tell."""
    try:
        return int(PRESSURE.read_text().partition("total=")[2].split()[0]) / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0


def _own_s() -> float:
    """Seconds this process's threads waited for a processor, 0 where the system hides it."""
    total = 0
    for thread in THREADS.glob("*/schedstat"):
        with contextlib.suppress(OSError):  # a thread that ended meanwhile
            total += int(thread.read_text().split()[1])
    return total / 1e9


def told(work):
    """What was refused, in a sentence of its own; nothing where it was taken."""
    refused = None
    with Unhindered() as took:
        try:
            work()
        except FieldcheckError as error:
            refused = error
    assert took.seconds < MOST_S
    if refused is None:
        return ""
    assert format_error(refused) != describe_bug(refused)
    assert 20 < len(format_error(refused)) < 2000
    return format_error(refused)


def outcomes(terminal, path, commands, took=None):
    """Exit code of each command by its name; none is a bug, slow, or writes beside its place.
    `took`: the seconds of each are added."""
    found = {}
    for words in commands:
        arguments = [word.format(out=path.parent / "out" / words[0]) for word in words]
        at = 2 if words[0] == "label" else 1
        with Unhindered() as one:
            outcome = terminal(*arguments[:at], path, *arguments[at:])
        assert outcome.code in (0, 1), (words, outcome.err)
        assert "Traceback" not in outcome.err
        assert one.seconds < MOST_S, words
        if took is not None:
            took.setdefault(words[0], []).append(one.seconds)
        found[words[0]] = outcome.code
    assert {one.name for one in path.parent.iterdir()} <= {path.name, "out"}
    return found
