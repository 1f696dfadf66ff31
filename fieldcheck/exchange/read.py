"""Reads a labelled set, in whatever format of these it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fieldcheck.errors import LabelsRefused, PathMissing
from fieldcheck.exchange.formats import BY_NAME, FORMATS
from fieldcheck.exchange.imagefolder import list_split_folders
from fieldcheck.exchange.label_format import LabelFormat, SizeOf
from fieldcheck.exchange.label_set import LabelSet, drop_unlabelled
from fieldcheck.exchange.other_formats import detect_other_format
from fieldcheck.exchange.parts import NO_WISH, PartWish, find_part_folder
from fieldcheck.exchange.untrusted import make_refusal, make_unsupported_error

DESCEND = 4  # folders with nothing in them but one other folder


def read_labels(path: Path, label_format: str = "auto", size_of: SizeOf | None = None, wish: PartWish = NO_WISH) -> LabelSet:
    """The labelled set at `path`, a folder or a file. `size_of` knows the size of frames by name, for YOLO text files without pictures;
    `wish` names the part of a set in parts.

    Raises KeyError for a format that no entry has, PathMissing, and LabelsRefused with `unknown_format`, `other_format`, `several` (formats
    or files, in `detail`), `part`, `no_part`, `empty`, `no_labels` (pictures, and nothing that is
    said of any; `detail` is where labels were looked for) or `malformed`.
    """
    if not path.exists():
        raise PathMissing(path)
    try:
        inner, part = _find_part(path, wish)
        kind, place = (
            _detect_format(inner) if label_format == "auto" else (BY_NAME[label_format], _find_format_root(inner, BY_NAME[label_format]))
        )
        if kind.reader is None:
            raise LabelsRefused(path, "unknown_format")
        found = kind.part_reader(place, size_of, NO_WISH if part else wish) if kind.part_reader else kind.reader(place, size_of)
    except RecursionError as error:
        raise make_refusal(path, path.name, "deep") from error
    except OSError as error:
        raise make_refusal(path, error.strerror or path.name, "unreadable") from error
    found = replace(found, skipped=replace(found.skipped, part=part)) if part else found
    if wish.name and not found.skipped.part:
        raise LabelsRefused(path, "no_part")
    if not found.items and not found.skipped.missing:
        raise LabelsRefused(path, "empty", kind.name)
    if found.items and len(found.skipped.unlabelled) >= len(found.items) and not drop_unlabelled(found).items:
        raise LabelsRefused(path, "no_labels", kind.expected_files)
    return found


def _find_part(path: Path, wish: PartWish) -> tuple[Path, str]:
    """Where the part to be read lies, and its name; `path` itself and nothing where no level above a format is one of parts."""
    above: list[Path] = []
    for place in _iterate_single_folders(path):
        above.append(place)
        splits = list_split_folders(place)
        if not splits:
            continue
        if any(_is_unambiguous(one) for one in above):
            break
        if not any(_is_unambiguous(place / name) for name in splits) and (other := detect_other_format(place)):
            raise make_unsupported_error(path, other.name, other.export_instead)
        if part := find_part_folder(place, wish):
            return place / part, part
    return path, ""


def _is_unambiguous(place: Path) -> bool:
    """Whether a format stands there by more than the names of folders."""
    return any(not one.is_fallback for one in list_candidate_formats(place))


def _detect_format(path: Path) -> tuple[LabelFormat, Path]:
    """The format and the folder or file that holds it: `path` itself, or the one folder inside it.

    A lone folder with pictures inside is a class only when nothing else is found in it.
    """
    weak: tuple[LabelFormat, Path] | None = None
    if path.is_file() and (other := detect_other_format(path)):
        raise make_unsupported_error(path, other.name, other.export_instead)
    for place in _iterate_single_folders(path):
        formats = list_candidate_formats(place)
        if len(formats) > 1:
            raise LabelsRefused(path, "several", ", ".join(one.name for one in formats))
        if formats and not formats[0].is_fallback:
            return formats[0], place
        weak = (formats[0], place) if formats else weak
    if other := detect_other_format(path):
        raise make_unsupported_error(path, other.name, other.export_instead)
    if weak is None:
        raise LabelsRefused(path, "unknown_format")
    return weak


def _find_format_root(path: Path, label_format: LabelFormat) -> Path:
    """Where in `path` the named format begins; `path` itself where it begins nowhere, so that its reader says what is missing."""
    return next((place for place in reversed(list(_iterate_single_folders(path))) if label_format in list_candidate_formats(place)), path)


def _iterate_single_folders(path: Path) -> Iterator[Path]:
    """`path`, then the folder inside it as long as there is exactly one visible one."""
    for _ in range(DESCEND):
        yield path
        if not path.is_dir():
            return
        inner = [entry for entry in path.iterdir() if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith(".")]
        if len(inner) != 1:
            return
        path = inner[0]


def has_labels(path: Path) -> bool:
    """Whether a file or folder is a labelled set by more than the names of its folders: footage may lie in folders, too."""
    return any(_is_unambiguous(place) for place in _iterate_single_folders(path))


def list_candidate_formats(place: Path) -> tuple[LabelFormat, ...]:
    """Every format that `place` could be read as. A folder of class folders only where it is nothing else; of formats with the same ending
    those that a file begins like, or the first, whose reader says what is missing."""
    if place.is_file():
        same = tuple(one for one in FORMATS if one.reader is not None and place.suffix.lower() in one.endings)
        return (tuple(one for one in same if one.is_candidate(place)) or same[:1]) if len(same) > 1 else same
    known = [one for one in FORMATS if one.reader is not None]
    sure = [one for one in known if not one.is_fallback and one.is_candidate_folder(place)]
    return tuple(sure or [one for one in known if one.is_fallback and one.is_candidate_folder(place)])
