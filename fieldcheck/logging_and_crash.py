"""The log file, and what is left of a crash in C or C++ code."""

from __future__ import annotations

import faulthandler
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from fieldcheck.paths import get_app_paths, make_private, make_private_file

NAME, CRASH = "fieldcheck.log", "crash.log"
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
BARE = (
    rf"(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::\d{{1,5}})?(?:/{PIECES})?"
    rf"(?:\?(?:[\w.-]+=|{HIDDEN}|&)*)?{HIDDEN}?[,.;:)]*"
)

log = logging.getLogger(__name__)


def format_traceback(error: BaseException) -> str:
    """Traceback of an error as text; its name alone where there is no memory for more."""
    try:
        return "".join(traceback.format_exception(error))
    except MemoryError:
        return type(error).__name__


@contextmanager
def log_to_user_folder() -> Iterator[None]:
    """Logging that a door wraps itself in: logs and warnings go to this user's log file, stderr
    belongs to the door."""
    with log_to_file(get_app_paths().logs) as path, _trace_crashes(path):
        yield


@contextmanager
def log_to_file(folder: Path) -> Iterator[Path | None]:
    """While it lasts, every logger and every Python warning writes to `folder`/fieldcheck.log and
    nothing to stderr.

    Yields the file; None, and no log at all, where the folder cannot be written: a read-only home
    is no reason not to work. A log that can be written no longer, as on a full disk, stops nobody
    either. Five files of 1 MB at most.
    """
    root, handler = logging.getLogger(), _make_handler(folder)
    level_before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        yield folder / NAME if isinstance(handler, RotatingFileHandler) else None
    finally:
        logging.captureWarnings(False)
        root.setLevel(level_before)
        root.removeHandler(handler)
        with suppress(OSError):  # a last line that found no room
            handler.close()


@contextmanager
def _trace_crashes(path: Path | None) -> Iterator[None]:
    """While it lasts, a crash in C or C++ code leaves a traceback in a file beside the log, from
    where the next start takes it over: nobody redacts while a process dies. Not where somebody
    traces crashes already."""
    if path is None or faulthandler.is_enabled():
        yield
        return
    kept = path.with_name(CRASH)
    try:
        make_private_file(kept)
        if text := kept.read_text("utf-8", "replace"):
            log.error("an earlier process crashed: %s", text)
            kept.write_text("")
        file = kept.open("a")
    except (OSError, MemoryError):
        yield
        return
    with file:
        with suppress(MemoryError):  # its own stack is memory that may not be left
            faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()


def _make_handler(folder: Path) -> logging.Handler:
    try:
        make_private(folder)
        make_private_file(folder / NAME)
        handler = _LogHandler(
            folder / NAME, maxBytes=BYTES_A_FILE, backupCount=OLDER_FILES, encoding="utf-8"
        )
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(_RedactingFormatter(LINE))
    return handler


class _LogHandler(RotatingFileHandler):
    """Each file is this user's alone, and no log is worth a word on stderr."""

    def _open(self) -> TextIOWrapper:
        make_private_file(Path(self.baseFilename))
        return super()._open()

    def rotate(self, source: str, dest: str) -> None:
        try:
            super().rotate(source, dest)
        except OSError:
            # Windows refuses while another process writes there. Trying again at each line would
            # push out the older files.
            self.maxBytes = 0

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError | MemoryError):
            super().handleError(record)


class _RedactingFormatter(logging.Formatter):
    """No address in the log carries a name or a password, and no path this user's name, whoever
    wrote it there."""

    def format(self, record: logging.LogRecord) -> str:
        return redact_user(redact_addresses(super().format(record)))


def redact_addresses(text: str) -> str:
    """The text with every address in it bare; one that may still hold a secret ends behind its
    `://`."""
    bare = re.sub(VALUE, rf"\g<1>{HIDDEN}", re.sub(LOGIN, "", text))
    return re.sub(
        ADDRESS,
        lambda match: match[0] if re.fullmatch(BARE, match[2]) else f"{match[1]}{HIDDEN}",
        bare,
    )


def redact_user(text: str) -> str:
    """The text with this user's home as `~`, also where a path is escaped, and without their name
    in the places of sticks and homes."""
    # which stays as it is where nobody has a home, as for some services
    home = Path(os.path.expanduser("~"))
    if not home.name or home.name == "~":
        return text
    for form in (str(home), str(home).replace("\\", "\\\\")):
        text = text.replace(form, "~")
    return re.sub(PLACES_OF_USERS + re.escape(home.name) + r"(?![\w.-])", rf"\g<1>{HIDDEN}", text)
