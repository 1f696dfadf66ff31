"""JSON that a stranger may have written, read within bounds: size, depth, and figures that a
computer can count with."""

from __future__ import annotations

import json
import re
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

MOST_BYTES = 1 << 26
MOST_DEPTH = 64
MOST_DIGITS = 20  # of a whole number: 64 bits
# strings whole: theirs do not count
BETWEEN_BRACKETS = re.compile(r'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")++', re.DOTALL)


class InvalidDocument(ValueError):
    """The text is no JSON or YAML, or exceeds the limits; the message says why."""


def parse_json(text: str | bytes, most_bytes: int = MOST_BYTES) -> Any:
    """The value that a text holds, UTF-8 with or without a byte order mark.

    Raises InvalidDocument where it is no JSON, has more than `most_bytes`, is nested deeper than
    64, or names a number that is not finite or has more than 64 bits.
    """
    if len(text) > most_bytes:
        raise InvalidDocument(f"{len(text)} bytes")
    try:
        message = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        if _measure_depth(message) > MOST_DEPTH:
            raise InvalidDocument("nested too deep")
        return json.loads(
            message,
            parse_int=_parse_int,
            parse_float=_parse_float,
            parse_constant=_raise_for_constant,
        )
    except InvalidDocument:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(str(error)) from error


def parse_json_file(path: Path, most_bytes: int = MOST_BYTES) -> Any:
    """The value in a file, as `parse_json` reads it. Nothing is opened that is no ordinary file – a
    pipe waits for somebody who writes, a device never ends – and nothing larger than `most_bytes`
    is read. Raises InvalidDocument, OSError."""
    if not path.is_file():
        path.stat()  # raises where there is nothing
        raise InvalidDocument("no ordinary file")
    if path.stat().st_size > most_bytes:
        raise InvalidDocument(f"{path.stat().st_size} bytes")
    with path.open("rb") as file:
        return parse_json(file.read(most_bytes + 1), most_bytes)


def _measure_depth(text: str) -> int:
    """How deep its brackets stand in one another."""
    if text.count("[") + text.count("{") <= MOST_DEPTH:
        return 0
    deepest = depth = 0
    for mark in BETWEEN_BRACKETS.sub("", text):
        depth += (mark in "[{") - (mark in "]}")
        deepest = max(deepest, depth)
    return deepest


def _parse_int(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise InvalidDocument(f"a number of {len(digits)} digits")
    return int(digits)


def _parse_float(digits: str) -> float:
    value = float(digits)
    if not isfinite(value):
        raise InvalidDocument("a number that is not finite")
    return value


def _raise_for_constant(name: str) -> NoReturn:
    raise InvalidDocument(name)
