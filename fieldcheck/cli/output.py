"""Terminal output: nothing that a terminal would act on, in an encoding that every terminal has, told where it cannot be written."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from fieldcheck.errors import DiskFull
from fieldcheck.files import map_os_errors

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
REPLACED = "\N{REPLACEMENT CHARACTER}"
STDOUT = Path("<stdout>")


def configure_streams() -> None:
    """Makes both streams take every letter, also a redirected one that is not UTF-8, as on Western Windows."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def replace_controls(line: str) -> str:
    """The line with everything replaced that moves a cursor, changes a colour, or turns the direction of writing."""
    return CONTROLS.sub(REPLACED, line)


def print_lines(lines: Iterable[str]) -> None:
    """For a person, on standard output. Raises DiskFull."""
    _print_text("".join(f"{replace_controls(line)}\n" for line in lines))


def print_document(document: Mapping[str, Any]) -> None:
    """For a program: one JSON document on one line, ASCII where the stream is no UTF-8. Raises DiskFull."""
    utf8 = "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()
    said = json.dumps(document, ensure_ascii=not utf8, allow_nan=False)
    _print_text(CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", said) + "\n")


def print_message(words: str) -> None:
    """A sentence on standard error, as far as there is one."""
    try:
        click.echo(replace_controls(words), err=True)
    except (OSError, ValueError):  # closed, or on a full disk: the exit code still tells
        return


def _print_text(text: str) -> None:
    if sys.stdout is None:
        return
    try:
        with map_os_errors(STDOUT):
            click.echo(text, nl=False)
            sys.stdout.flush()
    except (DiskFull, OSError) as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise  # whoever read it has gone away
        _forget_stdout()
        raise DiskFull(STDOUT) from error


def _forget_stdout() -> None:
    """What is left in its buffer would fail once more when the program ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return
