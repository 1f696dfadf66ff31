"""JSON and YAML that a stranger may have written, read within bounds: size, depth, how much there
is, and figures that a computer can count with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import yaml


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


# YAML: size, depth and how much there is, also where aliases repeat it.

MOST_YAML_LETTERS = 1 << 20
MOST_NODES = 250_000  # a class list of 100,000 names with their numbers is 200,000
MOST_DIRECTIVES = 16  # YAML compares each with all others
LONGEST_FIGURE = 100
# also in base 60, which takes the square of its length to read
FIGURE = re.compile(r"[-+.\d][\w:.+-]*")


def parse_yaml(text: str, most_bytes: int = MOST_YAML_LETTERS) -> Any:
    """The one value that a text holds: mappings, lists, texts, figures, truth, dates and bytes,
    never anything else.

    Raises InvalidDocument where it is no YAML, has more than `most_bytes` letters, is nested deeper
    than 64, holds more than 250,000 values (aliases counted as what they stand for), or names a
    figure of more than 100 letters.
    """
    if len(text) > most_bytes:
        raise InvalidDocument(f"{len(text)} letters")
    if sum(line.startswith("%") for line in text.splitlines()) > MOST_DIRECTIVES:
        raise InvalidDocument("too many directives")
    import yaml  # 15 ms that no start needs

    # libyaml's, eight times as quick, where PyYAML was built with it
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_size(yaml.parse(text, Loader=loader))
        return yaml.load(text, Loader=loader)
    except InvalidDocument:
        raise
    except (
        yaml.YAMLError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise InvalidDocument(str(error).partition("\n")[0]) from error


def _check_size(events: Iterable[yaml.Event]) -> None:
    """Raises InvalidDocument as `parse_yaml`; before anything is made of the text."""
    from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, ScalarEvent

    sizes: dict[str, int] = {}
    # of every list and mapping around: its anchor, and what had been counted before it
    total, within = 0, [("", 0)]
    for event in events:
        if isinstance(event, CollectionStartEvent):
            within.append((event.anchor or "", total))
            total += 1
        elif isinstance(event, CollectionEndEvent):
            anchor, before = within.pop()
            sizes[anchor] = total - before
        elif isinstance(event, ScalarEvent):
            _check_figure(event)
            total += 1
            sizes[event.anchor or ""] = 1
        elif isinstance(event, AliasEvent):
            if event.anchor not in sizes:
                raise InvalidDocument("an alias of itself, or of nothing")
            total += sizes[event.anchor]
        if len(within) > MOST_DEPTH:
            raise InvalidDocument("nested too deep")
        if total > MOST_NODES:
            raise InvalidDocument(f"more than {MOST_NODES} values")


def _check_figure(event: yaml.ScalarEvent) -> None:
    # as it stands, or with a tag that says what it is
    plain = event.implicit[0] or not event.implicit[1]
    if plain and len(event.value) > LONGEST_FIGURE and FIGURE.fullmatch(event.value):
        raise InvalidDocument(f"a figure of {len(event.value)} letters")
