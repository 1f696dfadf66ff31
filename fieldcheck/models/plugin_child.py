"""The child process of a decoder plug-in: `python -m fieldcheck.models.plugin_child MODULE
FUNCTION` answers until its stdin ends.

What it is asked and answers are arrays in NumPy's own format, each behind its length; nothing is
ever unpickled. Whatever the plug-in prints goes into a file that is looked at, not to anybody's
terminal.
"""

from __future__ import annotations

import io
import os
import struct
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fieldcheck.models.trial_child import SPARE_BYTES, limit_memory

LENGTH = struct.Struct(">Q")
LARGEST = 1 << 30  # bytes of one array
MOST = 64  # arrays
DONE, RAISED, RUBBISH, PRINTED = "done", "plugin_raised", "plugin_rubbish", "plugin_printed"
LONGEST = 200  # Most characters of an error message.
MOST_BOXES = 100_000


def write_message(stream: IO[bytes], word: str, arrays: Sequence[NDArray[np.generic]]) -> None:
    """One message: a word and some arrays, (…,) of any shape and type of number."""
    parts = [word.encode()]
    for array in arrays:
        held = io.BytesIO()
        np.save(held, array, allow_pickle=False)
        parts.append(held.getvalue())
    stream.write(
        LENGTH.pack(len(parts)) + b"".join(LENGTH.pack(len(part)) + part for part in parts)
    )
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[str, list[NDArray[np.generic]]]:
    """The next message, arrays (…,) as they were sent. Raises EOFError where there is none,
    ValueError for what is no message."""
    n = _read_length(stream, MOST)
    parts = [_read_exactly(stream, _read_length(stream, LARGEST)) for _ in range(n)]
    if not parts:
        raise ValueError("no word")
    return parts[0].decode("utf-8", "replace"), [
        np.load(io.BytesIO(part), allow_pickle=False) for part in parts[1:]
    ]


def check_boxes(value: object) -> list[NDArray[np.generic]]:
    """Boxes (n, 4) float32, scores (n,) float32 and classes (n,) int64 from what a plug-in gave.
    Raises ValueError."""
    if not isinstance(value, tuple | list) or len(value) != len(("boxes", "scores", "classes")):
        raise ValueError(type(value).__name__)
    boxes, scores, classes = (np.asarray(instance) for instance in value)
    n = len(scores) if scores.ndim == 1 else -1
    if n == 0 and boxes.size == classes.size == 0:
        return [np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64)]
    if boxes.shape != (n, 4) or classes.shape != (n,) or n > MOST_BOXES:
        raise ValueError(
            ", ".join("×".join(map(str, array.shape)) or "()" for array in (boxes, scores, classes))
        )
    if not all(
        np.issubdtype(array.dtype, np.number) for array in (boxes, scores)
    ) or not np.issubdtype(classes.dtype, np.integer):
        raise ValueError(", ".join(str(array.dtype) for array in (boxes, scores, classes)))
    return [boxes.astype(np.float32), scores.astype(np.float32), classes.astype(np.int64)]


def _read_length(stream: IO[bytes], most: int) -> int:
    (n,) = LENGTH.unpack(_read_exactly(stream, LENGTH.size))
    if n > most:
        raise ValueError(f"{n} is more than {most}")
    return int(n)


def _read_exactly(stream: IO[bytes], n: int) -> bytes:
    data = stream.read(n)
    if len(data) < n:
        raise EOFError
    return data


def main(module: str, function: str) -> None:
    """Answer each request with the plug-in's boxes, or with an error."""
    answers, printed = os.fdopen(os.dup(1), "wb"), tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
    os.dup2(printed.fileno(), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    limit_memory(SPARE_BYTES)
    decode = None
    while True:
        try:
            _, (size, *outputs) = read_message(sys.stdin.buffer)
        except EOFError:
            return
        try:
            decode = decode or getattr(import_module(module), function)
            height, width, n_classes = (int(side) for side in size)
            answer = decode(outputs, (height, width), n_classes)
        except BaseException as error:  # noqa: BLE001 - the boundary: whatever a plug-in raises is told as that
            detail = " ".join(f"{type(error).__name__}: {error}".split())
            write_message(answers, f"{RAISED} {detail[:LONGEST]}", ())
            continue
        sys.stdout.flush()
        if os.fstat(printed.fileno()).st_size:
            printed.seek(0)
            detail = " ".join(printed.read(LONGEST).decode("utf-8", "replace").split())
            write_message(answers, f"{PRINTED} {detail}", ())
            continue
        try:
            write_message(answers, DONE, check_boxes(answer))
        except (ValueError, TypeError) as error:
            write_message(answers, f"{RUBBISH} {str(error)[:LONGEST]}", ())


if __name__ == "__main__":
    main(*sys.argv[1:])
