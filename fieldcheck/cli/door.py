"""The terminal door: what every command shares – its document, its sentence, its exit code and its progress bar."""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Protocol, TextIO

import click

from fieldcheck.cli.output import print_document, print_lines, print_message, replace_controls
from fieldcheck.errors import FieldcheckError
from fieldcheck.progress import Cancelled, CancelToken, has_pace, use_cancel_token
from fieldcheck.project.layout import DATABASE
from fieldcheck.words.figures import format_minutes
from fieldcheck.words.sentences import describe_stop, format_error

EXIT_DONE, EXIT_EXPECTED, EXIT_USAGE, EXIT_BUG, EXIT_INTERRUPTED = 0, 1, 2, 70, 130
BAR_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of a command: `document` for `--json`, `lines` for a person, `code` the exit code."""

    document: dict[str, Any]
    lines: tuple[str, ...]
    code: int = EXIT_DONE


class WindowLauncher(Protocol):
    """The other door, as far as commands may open it. `can_be_seen`: there is a display."""

    @property
    def can_be_seen(self) -> bool: ...

    def open_window(self, project: Path | None) -> int:
        """Shows the window until it is closed. Returns the exit code."""

    def open_sample(self, folder: Path, fresh: bool) -> int:
        """Shows the window, which makes the sample project in `folder` ready, anew where that is asked for, and opens it."""

    def check_all_screens(self) -> int:
        """Builds every screen where nobody sees it. Returns how many there are."""


@dataclass(slots=True)
class TerminalProgress:
    """Progress on a terminal: a bar with an ETA on stderr; silent where stderr is no terminal. Ctrl-C is seen at `check`."""

    flag: CancelToken = field(default_factory=CancelToken)
    shown: bool = field(default_factory=lambda: _is_terminal(sys.stderr))  # of the stderr that there is then, not at import
    last: tuple[int, int | None] = (0, None)  # how far it was when it was told last
    _began: float = field(default_factory=time.monotonic)
    _next: float = 0.0

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        now, self.last = time.monotonic(), (done, total)
        if not self.shown or (now < self._next and done != total):
            return
        self._next = now + BAR_EVERY_S
        sys.stderr.write("\r\x1b[K" + _format_bar(done, total, unit, now - self._began))
        sys.stderr.flush()

    def check(self) -> None:
        self.flag.check()

    def warn(self, error: Exception) -> None:
        """One sentence on stderr, for what keeps nobody from the work."""
        self.clear_bar()
        if isinstance(error, FieldcheckError):
            print_message(format_error(error))

    def clear_bar(self) -> None:
        """Takes the bar off the line, so that the sentence stands alone."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    """A program may be started without the stream, or with one that is closed."""
    return stream is not None and not stream.closed and stream.isatty()


def _format_bar(done: int, total: int | None, unit: str, seconds: float) -> str:
    if not total:
        return f"{done} {unit}"
    share = min(1.0, done / total)
    filled = int(30 * share)
    eta = f"  {format_minutes(seconds / share - seconds)}" if has_pace(share, seconds) else ""
    unit = replace_controls(unit)
    return f"[{'█' * filled}{'·' * (30 - filled)}] {done}/{total} {unit}{eta}"


@contextmanager
def cancel_on_interrupt(bar: TerminalProgress) -> Iterator[None]:
    """The first Ctrl-C asks the work to stop and keep what is done; the second one stops at once."""

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        if bar.flag.is_cancelled:
            raise KeyboardInterrupt
        bar.flag.cancel()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        with use_cancel_token(bar.flag):
            yield
    finally:
        signal.signal(signal.SIGINT, before)


def _get_existing_project(options: Mapping[str, object]) -> Path | None:
    """The project that a command names and that is there."""
    named = options.get("project")
    return named if isinstance(named, Path) and os.path.exists(named / DATABASE) else None


def json_command(schema: str) -> Callable[[Callable[..., Answer]], Callable[..., None]]:
    """Makes a command of a function that takes `bar` and returns an `Answer`; `schema` is the document's name."""

    def wrap_function(function: Callable[..., Answer]) -> Callable[..., None]:
        @click.option("--json", "as_json", is_flag=True, help="Print one JSON document to standard output.")
        @functools.wraps(function)
        def run_command(*, as_json: bool, **options: Any) -> None:
            from fieldcheck.project.root_cause import map_to_root_cause  # loads the database, which help needs not

            bar, project = TerminalProgress(), _get_existing_project(options)
            with cancel_on_interrupt(bar):
                try:
                    with map_to_root_cause(project):
                        answer = function(bar=bar, **options)
                except (Cancelled, KeyboardInterrupt):
                    bar.clear_bar()
                    if not as_json and (told := describe_stop(schema, *bar.last)):
                        print_message(told)
                    raise
                finally:
                    bar.clear_bar()
            if as_json:
                print_document({"schema": f"fieldcheck.{schema}/1", **answer.document})
            else:
                print_lines(answer.lines)
            click.get_current_context().exit(answer.code)

        return run_command

    return wrap_function
