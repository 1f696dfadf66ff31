"""YAML that a stranger may have written, read within bounds: size, depth, how much there is, also
where aliases repeat it."""

from __future__ import annotations

import re
from typing import Any

import yaml

from fieldcheck.safe_json import MOST_DEPTH, InvalidDocument

MOST_BYTES = 1 << 20
MOST_NODES = 250_000  # a class list of 100,000 names with their numbers is 200,000
MOST_DIRECTIVES = 16  # YAML compares each with all others
LONGEST_FIGURE = 100
# also in base 60, which takes the square of its length to read
FIGURE = re.compile(r"[-+.\d][\w:.+-]*")
# libyaml's, eight times as quick, where PyYAML was built with it
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str, most_bytes: int = MOST_BYTES) -> Any:
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
    try:
        _check_size(text)
        return yaml.load(text, Loader=LOADER)
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


def _check_size(text: str) -> None:
    """Raises InvalidDocument as `parse_yaml`; before anything is made of the text."""
    sizes: dict[str, int] = {}
    # of every list and mapping around: its anchor, and what had been counted before it
    total, within = 0, [("", 0)]
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            within.append((event.anchor or "", total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = within.pop()
            sizes[anchor] = total - before
        elif isinstance(event, yaml.ScalarEvent):
            _check_figure(event)
            total += 1
            sizes[event.anchor or ""] = 1
        elif isinstance(event, yaml.AliasEvent):
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
