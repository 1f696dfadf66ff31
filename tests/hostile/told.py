"""Refusals of a stranger's file: one sentence, within seconds."""

from __future__ import annotations

import time
from pathlib import Path

from fieldcheck.errors import FieldcheckError
from fieldcheck.words.sentences import SENTENCES, sentence

MOST_S = 5.0
PRESSURE = Path("/proc/pressure/cpu")


class Unhindered:
    """Seconds that something took, or would have taken on a machine that does nothing else: the processor time of this process, or the time
    by the clock less that in which anything on this machine stood in the queue for a processor, whichever is more."""

    def __enter__(self) -> Unhindered:
        self._wall, self._cpu, self._queued = time.monotonic(), time.process_time(), _queued_s()
        return self

    def __exit__(self, *_: object) -> None:
        undisturbed = time.monotonic() - self._wall - (_queued_s() - self._queued)
        self.seconds = max(time.process_time() - self._cpu, undisturbed)


def _queued_s() -> float:
    """Seconds since the start of the machine in which something waited for a processor, 0 where the system does not tell."""
    try:
        return int(PRESSURE.read_text().partition("total=")[2].split()[0]) / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0


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
    assert type(refused) in SENTENCES
    assert 20 < len(sentence(refused)) < 2000
    return sentence(refused)


def outcomes(terminal, path, commands, took=None):
    """Exit code of each command by its name; none is a bug, slow, or writes beside its place. `took`: the seconds of each are added."""
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
