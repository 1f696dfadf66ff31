"""Decoder plug-ins: installed packages with an entry point in `fieldcheck.decoders`, the kinds of
output that they read, and the child process that runs one."""

from __future__ import annotations

import io
import os
import struct
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.prediction import BY_NAME, PLUGIN
from fieldcheck.files import sha256_file
from fieldcheck.models.trial_child import SPARE_BYTES, limit_memory

GROUP = "fieldcheck.decoders"


class PluginError(ValueError):
    """A plug-in that does not do what it should; `problem` and `detail` as of ModelRejected."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(problem, detail)
        self.problem, self.detail = problem, detail


@dataclass(frozen=True, slots=True)
class DecoderPlugin:
    """A plug-in by its entry point's name: the function that decodes, the version of its package
    and the SHA-256 of its source file."""

    name: str
    module: str
    function: str
    version: str
    sha256: str


def list_decoder_plugins() -> tuple[DecoderPlugin, ...]:
    """Those that are installed, by name; of two of one name the first that Python finds."""
    plugins: dict[str, DecoderPlugin] = {}
    for entry_point in metadata.entry_points(group=GROUP):
        if entry_point.attr and entry_point.name not in plugins:
            version = entry_point.dist.version if entry_point.dist is not None else ""
            plugins[entry_point.name] = DecoderPlugin(
                entry_point.name,
                entry_point.module,
                entry_point.attr,
                version,
                _hash_source(entry_point.module),
            )
    return tuple(plugins[name] for name in sorted(plugins))


def find_plugin(name: str) -> DecoderPlugin:
    """The plug-in of that name. Raises PluginError `plugin_missing`."""
    for decoder_plugin in list_decoder_plugins():
        if decoder_plugin.name == name:
            return decoder_plugin
    raise PluginError("plugin_missing", name)


def get_plugin_versions() -> dict[str, str]:
    """Versions as a run keeps them: of each plug-in its version and the beginning of its source's
    hash, by `plugin:NAME`."""
    return {
        f"plugin:{decoder_plugin.name}": f"{decoder_plugin.version} {decoder_plugin.sha256[:16]}"
        for decoder_plugin in list_decoder_plugins()
    }


def _hash_source(module: str) -> str:
    """SHA-256 of the module's file, empty where it has none. A package is looked up by its folder,
    not run."""
    top, _, rest = module.partition(".")
    spec = find_spec(top)
    if spec is None or not spec.origin:
        return ""
    file = Path(spec.origin)
    if rest:
        below = file.parent.joinpath(*rest.split("."))
        file = below / "__init__.py" if below.is_dir() else below.with_suffix(".py")
    return _hash_file(file, file.stat().st_mtime_ns) if file.is_file() else ""


@lru_cache(maxsize=64)
def _hash_file(file: Path, _written: int) -> str:
    return sha256_file(file)


# Kinds of output that installed decoder plug-ins read, for who chooses one.


def list_plugin_kinds(task: str) -> tuple[str, ...]:
    """Output kinds of plug-ins for the task, as named on a card."""
    kinds = (f"{PLUGIN}{decoder_plugin.name}" for decoder_plugin in list_decoder_plugins())
    return tuple(kind for kind in kinds if task in BY_NAME[kind].tasks)


# The child process of a decoder plug-in: `python -m fieldcheck.models.plugins MODULE FUNCTION`
# answers until its stdin ends.

LENGTH_PREFIX = struct.Struct(">Q")
LARGEST_ARRAY = 1 << 30  # bytes of one array
MOST_ARRAYS = 64  # arrays
DONE, RAISED, RUBBISH, PRINTED = "done", "plugin_raised", "plugin_rubbish", "plugin_printed"
LONGEST_ERROR = 200  # Most characters of an error message.
MOST_BOXES = 100_000


def write_message(stream: IO[bytes], word: str, arrays: Sequence[NDArray[np.generic]]) -> None:
    """One message: a word and some arrays, (…,) of any shape and type of number."""
    parts = [word.encode()]
    for array in arrays:
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        parts.append(buffer.getvalue())
    stream.write(
        LENGTH_PREFIX.pack(len(parts))
        + b"".join(LENGTH_PREFIX.pack(len(part)) + part for part in parts)
    )
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[str, list[NDArray[np.generic]]]:
    """The next message, arrays (…,) as they were sent. Raises EOFError where there is none,
    ValueError for what is no message."""
    n = _read_length(stream, MOST_ARRAYS)
    parts = [_read_exactly(stream, _read_length(stream, LARGEST_ARRAY)) for _ in range(n)]
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
    (n,) = LENGTH_PREFIX.unpack(_read_exactly(stream, LENGTH_PREFIX.size))
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
            write_message(answers, f"{RAISED} {detail[:LONGEST_ERROR]}", ())
            continue
        sys.stdout.flush()
        if os.fstat(printed.fileno()).st_size:
            printed.seek(0)
            detail = " ".join(printed.read(LONGEST_ERROR).decode("utf-8", "replace").split())
            write_message(answers, f"{PRINTED} {detail}", ())
            continue
        try:
            write_message(answers, DONE, check_boxes(answer))
        except (ValueError, TypeError) as error:
            write_message(answers, f"{RUBBISH} {str(error)[:LONGEST_ERROR]}", ())


if __name__ == "__main__":
    main(*sys.argv[1:])
