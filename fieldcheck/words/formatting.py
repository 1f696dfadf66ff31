"""Formatting of error sentences: parts that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fieldcheck.msgid import Msgid
from fieldcheck.words.language import tr, tr_msgid
from fieldcheck.words.remedies import format_command, format_remedy

Sentence = Callable[[Any], str]

LONGEST = 300
MOST_NAMES = 8


def to_one_line(value: object) -> str:
    """A stranger's value on one line: a path, a name, a figure; letters that a terminal would act on are replaced."""
    said = "".join(letter if letter.isprintable() else "�" for letter in str(value))
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def format_names(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Some names, the first `most` of many."""
    said = ", ".join(to_one_line(name) for name in names[:most])
    more = len(names) - most
    return tr("{names} and {n} more").format(names=said, n=more) if more > 0 else said


def format_in_brackets(detail: str) -> str:
    """A detail behind a word, or nothing."""
    return f" ({to_one_line(detail)})" if detail else ""


def make_message(said: Msgid, does: str = "", types: str = "", **fields: str) -> Sentence:
    """One sentence for an error, whose braces hold its fields by their names, or by those of `fields`: `{frame}` by `frame="frame_id"`.
    `{seen}` is its detail in brackets, `{remedy}` what the remedy of the code `does`, and `{how}` what a person `types`."""
    return make_message_by_code(said, {}, does, types, **fields)


def make_message_by_code(otherwise: Msgid, problems: Mapping[str, Msgid], does: str = "", types: str = "", **fields: str) -> Sentence:
    """A sentence for each `problem` of an error, and one for every other; filled in as by `make_message`."""

    def format_message(error: Any) -> str:
        found = {**vars(error), **{place: getattr(error, name) for place, name in fields.items()}}
        values = {name: format_names(value) if isinstance(value, tuple) else to_one_line(value) for name, value in found.items()}
        parts = {
            "seen": format_in_brackets(found.get("detail", "")),
            "remedy": format_remedy(does) if does else "",
            "how": format_command(types) if types else "",
        }
        return tr_msgid(problems.get(found.get("problem", ""), otherwise)).format(**{**values, **parts})

    return format_message
