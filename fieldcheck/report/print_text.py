"""Text for print: characters that the shipped fonts lack are replaced by name or code; phrases that
a line must not break.

The originals stand in the HTML page, in CSV and in JSON.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from fieldcheck import paths
from fieldcheck.i18n.language import tr_points
from fieldcheck.safe_text import shorten_middle

# zero-width space, for the template alone: a line may end here, and no such character is printed
_BREAK = "\u200b"
_MOST_BREAKS = 400  # in one text: of 1,250 typst says "maximum grouping depth exceeded"
_UNICODE_FULL = (3, 10)  # platform and encoding of a font's table of all code points


def to_printable(text: str) -> str:
    """`text` on one line: white space and control characters become one space, invisible format
    characters go, since those that turn the reading direction would turn what stands around a name
    as well; a character without a glyph is spelled, so that two names stay two."""
    drawable = get_drawable_codepoints()
    return re.sub(
        " +", " ", "".join(_replace_undrawable(character, drawable) for character in text)
    )


def insert_break_points(text: str, longest: int) -> str:
    """`text` with places where a line may end inside words of more than `longest` characters, which
    would else run off the paper: where file names and paths have a joint, and in any case often
    enough. A text with more such places than the typesetting program bears (a name of 100,000
    letters) is shortened in the middle."""
    broken = re.sub(
        rf"[^\s{_BREAK}]{{{longest + 1},}}", lambda word: _insert_breaks(word[0], longest), text
    )
    return (
        broken
        if broken.count(_BREAK) <= _MOST_BREAKS
        else insert_break_points(shorten_middle(text, len(text) // 2), longest)
    )


def _insert_breaks(word: str, longest: int) -> str:
    joints = re.findall(r"[^_/\\-]*[_/\\-]|[^_/\\-]+", word)
    step = max(4, longest // 2)
    return _BREAK.join(
        part
        for joint in joints
        for part in ([joint] if len(joint) <= longest else re.findall(rf".{{1,{step}}}", joint))
    )


@cache
def get_drawable_codepoints() -> frozenset[int]:
    """Code points that at least one of the shipped fonts has."""
    return frozenset().union(
        *(
            _read_cmap(path.read_bytes())
            for path in sorted(paths.get_resource_path("fonts").glob("*.ttf"))
        )
    ) | {ord(_BREAK)}


def get_font_folder() -> Path:
    """Where the shipped fonts lie."""
    return paths.get_resource_path("fonts")


def _replace_undrawable(character: str, drawable: frozenset[int]) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cf":
        return ""
    return character if ord(character) in drawable else _get_character_name(character)


def _get_character_name(character: str) -> str:
    """Letter or syllable as Unicode names it (`한` is "han"), and `[U+4E2D]` what has a picture for
    a name."""
    name = re.search(r"(?:LETTER|SYLLABLE) (?:SMALL )?([A-Z]+)$", unicodedata.name(character, ""))
    return name[1].lower() if name else f"[U+{ord(character):04X}]"


def _read_cmap(font: bytes) -> set[int]:
    """Code points in the `cmap` table of a TrueType file, from its subtable of format 12 (OpenType
    specification 1.9, cmap)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = [struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(tables)]
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    subtables = [
        struct.unpack_from(">HHI", font, cmap + 4 + 8 * index)
        for index in range(struct.unpack_from(">H", font, cmap + 2)[0])
    ]
    start = cmap + next(
        offset for platform, encoding, offset in subtables if (platform, encoding) == _UNICODE_FULL
    )
    groups = struct.unpack_from(">I", font, start + 12)[0]
    runs = (struct.unpack_from(">III", font, start + 16 + 12 * index) for index in range(groups))
    return {
        code
        for first, last, glyph in runs
        for code in range(first, last + 1)
        if glyph + code - first
    }


# Phrases of a sentence, for the eye: figures that a line must not end in the middle of, and
# commands to type.

Kind: TypeAlias = Literal["plain", "kept", "code"]

_NUMBER = r"\(?[-−]?\d[\d.,]{0,12}"


@cache
def _compile_pattern(points: str) -> re.Pattern[str]:
    """`61 %`, `51–70 %`, `3 pp` by the word for points, `(18–58)`, `n = 100)`; what is longer than
    any figure of ours is a stranger's name and may be broken."""
    unit = rf"(?:\s?%|\s{re.escape(points)}\w{{0,2}}\b)"
    kept = (
        rf"{_NUMBER}(?:–[-−]?\d[\d.,]{{0,12}})?{unit}\)?"
        rf"|{_NUMBER}–[-−]?\d[\d.,]{{0,12}}\)?|n = \d{{1,12}}\)?"
    )
    return re.compile(rf"(?P<kept>{kept})|`(?P<code>[^`]+)`")


def split_phrases(text: str) -> Iterator[tuple[Kind, str]]:
    """The sentence in pieces; joined again they are the sentence without its backticks."""
    start = 0
    unit = tr_points("{points} pp", "1").format(points="").strip()  # the plural begins like it
    for match in _compile_pattern(unit).finditer(text):
        if match.start() > start:
            yield "plain", text[start : match.start()]
        yield ("code", match["code"]) if match["code"] is not None else ("kept", match["kept"])
        start = match.end()
    if start < len(text):
        yield "plain", text[start:]
