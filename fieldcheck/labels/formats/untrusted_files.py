"""Reading of untrusted label files: bounded text and XML, paths that stay inside the folder, names
and numbers that are plain."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from fieldcheck.domain import frame
from fieldcheck.domain.label import Box, is_class_name
from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.files import join_inside_data_set
from fieldcheck.safe_text import LONGEST_NAME

PEEK = 1 << 16
_JSON_MARKS = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*:)?|[{}\[\]]', re.DOTALL)
MAX_BYTES = 1 << 30  # the COCO training annotations are 0.45 GB
MAX_FIGURE = 1e7  # pixels; a box further out is a slip or a trick

# what is not read is told in the receipt
PICTURE_ENDINGS = frame.PICTURE_ENDINGS | frame.UNREAD_ENDINGS


def make_refusal(path: Path, detail: str, reason: str) -> LabelsRefused:
    """The refusal of a file that cannot be what it says it is; `detail` is where and what, `reason`
    why, as in `errors.imported_files`."""
    return LabelsRefused(path, "malformed", detail, reason)


def make_unsupported_error(path: Path, name: str, instead: str) -> LabelsRefused:
    """The refusal of a format that is known and not read; `instead` is what its tools can
    export."""
    return LabelsRefused(path, "other_format", name, instead)


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """A whole file. Raises LabelsRefused where it cannot be read, is no plain file, or has more
    than `limit` bytes."""
    try:
        if not path.is_file():
            raise make_refusal(path, path.name, "unreadable")
        size = path.stat().st_size
        if size > limit:
            raise make_refusal(path, f"{path.name}: {size} bytes", "too_large")
        return path.read_bytes()
    except OSError as error:
        raise make_refusal(path, error.strerror or path.name, "unreadable") from error


def peek_bytes(file: Path) -> bytes:
    """The first 64 KiB of a file; nothing where it is no file."""
    if not file.is_file():
        return b""
    with file.open("rb") as source:
        return source.read(PEEK)


def peek_text(file: Path) -> str:
    """The first 64 KiB of a file as text; nothing where it is no file."""
    return peek_bytes(file).decode("utf-8-sig", errors="replace")


def peek_json_keys(file: Path) -> tuple[str, frozenset[str]]:
    """How a JSON document begins, `{`, `[` or nothing, and the keys of its object or of the objects
    in its list, as far as the first 64 KiB go. What stands deeper or in text counts for nothing."""
    text = peek_text(file).lstrip()
    begins = text[:1] if text[:1] in ("{", "[") else ""
    keys, depth = set[str](), 0
    for met in _JSON_MARKS.finditer(text) if begins else ():
        mark = met[0]
        if mark[0] == '"':
            if met[2] and depth == (1 if begins == "{" else 2):
                keys.add(met[1])
        else:
            depth += 1 if mark in "{[" else -1
    return begins, frozenset(keys)


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """A whole UTF-8 file, with or without a byte order mark. Raises LabelsRefused as `read_bytes`,
    and where it is not UTF-8."""
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise make_refusal(path, f"{path.name}: byte {error.start}", "text") from error


def read_json(path: Path, limit: int = MAX_BYTES) -> Any:
    """A JSON document. Raises LabelsRefused as `read_text`, and for one that is broken, or nested
    deeper than Python follows."""
    try:
        return json.loads(read_text(path, limit))
    except RecursionError as error:
        raise make_refusal(path, path.name, "deep") from error
    except json.JSONDecodeError as error:
        raise make_refusal(path, f"{path.name}:{error.lineno}:{error.colno}", "json") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise make_refusal(path, path.name, "json") from error


def resolve_relative_path(root: Path, written: str, told_by: Path) -> str:
    """`written` as a path below `root`, with `/`. Raises LabelsRefused where it leads out, also
    through a link, or to a device."""
    name = written.strip().replace("\\", "/")
    while name.startswith("./"):
        name = name[2:]
    try:
        join_inside_data_set(root, name)
        return PurePosixPath(name).as_posix()
    except (PathRefused, OSError, ValueError) as error:
        raise make_refusal(told_by, format_untrusted(written), "outside") from error


def is_inside_set(folder: Path, file: Path) -> bool:
    """Whether a file found in a set is a plain one, or a link that stays in the set."""
    try:
        return join_inside_data_set(folder, file.relative_to(folder).as_posix()).is_file()
    except PathRefused:
        return False


def parse_class_name(value: object, told_by: Path, where: str) -> str:
    """A class name, or LabelsRefused where it is none."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME or not is_class_name(value.strip()):
        raise make_refusal(told_by, _format_with_value(where, value), "class_name")
    return value.strip()


def parse_number(raw: object, told_by: Path, where: str) -> float:
    """A finite number of pixels, from text or from JSON, or LabelsRefused."""
    if isinstance(raw, (str, int, float)) and not isinstance(raw, bool):
        try:
            value = parse_float(raw) if isinstance(raw, str) else float(raw)
        except (ValueError, OverflowError):
            raise make_refusal(told_by, _format_with_value(where, raw), "figure") from None
        if isfinite(value) and abs(value) <= MAX_FIGURE:
            return value
    raise make_refusal(told_by, _format_with_value(where, raw), "figure")


def parse_float(text: str) -> float:
    """Number that a text writes in plain digits. Raises ValueError, also for what Python alone
    reads as one, such as 1_0 or digits of other scripts."""
    if not text.isascii() or "_" in text:
        raise ValueError(text[:60])
    return float(text)


def make_box(
    name: str,
    xywh: tuple[float, float, float, float],
    told_by: Path,
    where: str,
    crowd: bool = False,
) -> Box:
    """A box in pixels, or LabelsRefused where a side is negative."""
    x, y, w, h = xywh
    if w < 0 or h < 0:
        raise make_refusal(told_by, f"{where}: {w:g} × {h:g}", "negative")
    return Box(name, x, y, w, h, crowd)


def format_untrusted(value: object) -> str:
    """A stranger's value as it may stand in a sentence: short, printable."""
    text = (
        value
        if isinstance(value, str)
        else type(value).__name__
        if isinstance(value, (dict, list))
        else _format_value(value)[:60]
    )
    text = "".join(letter if letter.isprintable() else "�" for letter in text[:60])
    return text + "…" if isinstance(value, str) and len(value) > 60 else text


def _format_with_value(where: str, value: object) -> str:
    """Where something is wrong and what stands there, if anything does."""
    empty = value is None or (isinstance(value, str) and not value.strip())
    return where if empty else f"{where}: {format_untrusted(value)}"


def _format_value(value: object) -> str:
    try:
        return str(value)
    except ValueError:
        # Python prints no number of more than 4,300 digits; a file can hold one in hexadecimal.
        return type(value).__name__


# XML files of strangers: bounded in size and depth, without a DOCTYPE, so that no entity can be
# defined.

MAX_XML = 1 << 28  # CVAT writes all pictures of a task into one file
DEEPEST = 64  # elements inside each other; label files have up to seven


def read_xml(file: Path, limit: int = MAX_XML) -> ElementTree.Element:
    """The tree of an XML file. Raises LabelsRefused."""
    return parse_xml(read_bytes(file, limit), file)


def parse_xml(data: bytes, file: Path) -> ElementTree.Element:
    """The tree of an XML document. Raises LabelsRefused where it is broken, defines entities, or is
    nested deeper than label files are."""
    try:
        _reject_unsafe_xml(data, file)
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None) or getattr(error, "position", (0, 0))[0]
        raise make_refusal(file, f"{file.name}:{line}" if line else file.name, "xml") from error


class _RootReached(Exception):
    """Ends the parser at the first element."""


def get_root_name(file: Path) -> str:
    """The name of the root element of an XML file, whatever stands before it or in it; empty where
    the beginning is no XML."""
    root_name = ""

    def on_begin(name: str, _attributes: object) -> None:
        nonlocal root_name
        root_name = name
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartElementHandler = on_begin
    with suppress(_RootReached, expat.ExpatError, ValueError, LookupError):
        parser.Parse(peek_bytes(file), False)
    return root_name


def _reject_unsafe_xml(data: bytes, file: Path) -> None:
    depth = 0

    def on_doctype(*_arguments: object) -> None:
        raise make_refusal(file, "DOCTYPE", "entities")

    def on_begin(name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise make_refusal(file, f"{format_untrusted(name)}: {depth}", "deep")

    def on_end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_begin
    parser.EndElementHandler = on_end
    parser.Parse(data, True)
