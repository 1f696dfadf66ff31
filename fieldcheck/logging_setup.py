"""The log file, and what libraries would otherwise print between the program's own lines."""

from __future__ import annotations

import io
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from fieldcheck.paths import PRIVATE, get_app_paths, make_private, make_private_file

NAME = "fieldcheck.log"
BYTES_A_FILE = 1_000_000
OLDER_FILES = 4
LINE = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"
HIDDEN = "…"
# Compiled with the first line that is written, not at the start of every window.
LOGIN = r"(?<=://)[^/\s'\"]*@"
VALUE = r"([?&;][\w.-]+=)[^&;\s'\"#]+"
ADDRESS = r"\b([A-Za-z][A-Za-z0-9+.-]*://)([^\s'\"]*)"
PIECES = rf"(?:[/\w.~+-]|;(?:\w+=)?{HIDDEN}|={HIDDEN})*"
PLACES_OF_USERS = r"(/media/|/home/|[/\\]Users[/\\]+)"
BARE = rf"(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::\d{{1,5}})?(?:/{PIECES})?(?:\?(?:[\w.-]+=|{HIDDEN}|&)*)?{HIDDEN}?[,.;:)]*"

_kept_back = [bytes(8 << 20)]  # not a bytearray, which is written over with zeros at once


def reserve_traceback_memory() -> None:
    """Address space, never touched, is set aside for `format_traceback`, where none is and there is some."""
    with suppress(MemoryError):
        _kept_back[:] = _kept_back or [bytes(8 << 20)]


def format_traceback(error: BaseException) -> str:
    """Traceback of an error as text. What was kept back is given back first: where there is no more memory, to tell so takes some."""
    _kept_back.clear()
    return "".join(traceback.format_exception(error))


@contextmanager
def log_to_user_folder() -> Iterator[None]:
    """Logging that a door wraps itself in: logs, warnings and native output go to this user's log file, stderr belongs to the door."""
    with log_to_file(get_app_paths().logs) as path, redirect_native_output(path):
        yield


@contextmanager
def log_to_file(folder: Path) -> Iterator[Path | None]:
    """While it lasts, every logger and every Python warning writes to `folder`/fieldcheck.log and nothing to stderr.

    Yields the file; None, and no log at all, where the folder cannot be written: a read-only home is no reason not to work.
    Five files of 1 MB at most.
    """
    root, handler = logging.getLogger(), _make_handler(folder)
    level_before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        yield folder / NAME if isinstance(handler, _RotatingLogHandler) else None
    finally:
        logging.captureWarnings(False)
        root.setLevel(level_before)
        root.removeHandler(handler)
        handler.close()


@contextmanager
def redirect_native_output(path: Path | None) -> Iterator[None]:
    """While it lasts, what C and C++ code prints on stderr ends in `path` (nowhere, when None); `sys.stderr` still reaches the terminal.

    libjpeg and libpng complain there about damaged pictures, and FFmpeg prints addresses with passwords; none of them asks Python.
    """
    try:
        terminal = os.dup(2)
    except OSError:  # a windowed program has no such descriptor, so nothing can be printed to it
        yield
        return
    own = _open_stderr_copy(terminal)
    before = sys.stderr
    sys.stderr = own or before
    _redirect_stderr(path or Path(os.devnull))
    try:
        yield
    finally:
        if own is not None:
            own.flush()
            own.detach()
        sys.stderr = before
        os.dup2(terminal, 2)
        os.close(terminal)


def _make_handler(folder: Path) -> logging.Handler:
    try:
        make_private(folder)
        make_private_file(folder / NAME)
        handler = _RotatingLogHandler(folder / NAME, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(_RedactingFormatter(LINE))
    return handler


class _RotatingLogHandler(logging.FileHandler):
    """Rotating log files: a full one becomes NAME.1, that one NAME.2, and so on. Not from `logging.handlers`, which loads sockets and
    pickle, a twentieth of the time to the first window."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}{self.terminator}".encode(errors="replace")
            if self.stream is not None and self.stream.tell() + len(line) > BYTES_A_FILE:
                self._rotate_files()
        except OSError:
            self.handleError(record)
        super().emit(record)

    def _rotate_files(self) -> None:
        if self.stream is not None:
            self.stream.close()
        names = [Path(self.baseFilename), *(Path(f"{self.baseFilename}.{older}") for older in range(1, OLDER_FILES + 1))]
        try:
            for newer, older in reversed(list(pairwise(names))):
                if newer.exists():
                    newer.replace(older)
            make_private_file(names[0])
        finally:
            self.stream = self._open()


class _RedactingFormatter(logging.Formatter):
    """No address in the log carries a name or a password, and no path this user's name, whoever wrote it there."""

    def format(self, record: logging.LogRecord) -> str:
        return redact_user(redact_addresses(super().format(record)))


def _open_stderr_copy(descriptor: int) -> io.TextIOWrapper | None:
    """A stderr that writes to `descriptor`, where the present one writes to descriptor 2; None where it goes elsewhere already."""
    try:
        if sys.stderr.fileno() != 2:
            return None
    except (AttributeError, OSError, ValueError):  # there is none, it has no descriptor, or it is closed
        return None
    raw = os.fdopen(descriptor, "wb", buffering=0, closefd=False)
    return io.TextIOWrapper(raw, encoding=sys.stderr.encoding, errors="backslashreplace", write_through=True)


def _redirect_stderr(path: Path) -> None:
    sink = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
    os.dup2(sink, 2)
    os.close(sink)


def redact_addresses(text: str) -> str:
    """The text with every address in it bare; one that may still hold a secret ends behind its `://`."""
    bare = re.sub(VALUE, rf"\g<1>{HIDDEN}", re.sub(LOGIN, "", text))
    return re.sub(ADDRESS, lambda found: found[0] if re.fullmatch(BARE, found[2]) else f"{found[1]}{HIDDEN}", bare)


def redact_user(text: str) -> str:
    """The text with this user's home as `~`, also where a path is escaped, and without their name in the places of sticks and homes."""
    home = Path(os.path.expanduser("~"))  # which stays as it is where nobody has a home, as for some services
    if not home.name or home.name == "~":
        return text
    for said in (str(home), str(home).replace("\\", "\\\\")):
        text = text.replace(said, "~")
    return re.sub(PLACES_OF_USERS + re.escape(home.name) + r"(?![\w.-])", rf"\g<1>{HIDDEN}", text)
