"""Import of labels, and of parts from a CSV file: which frame a name in a file means, where images
lie, and the receipt of what was imported and what was not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused, PartsRefused
from fieldcheck.files import is_linked
from fieldcheck.footage import frame_listing
from fieldcheck.footage.frame_listing import store_parts
from fieldcheck.labels.formats.csv_parquet import read_csv_rows
from fieldcheck.labels.formats.label_set import (
    LabelSet,
    SizeOf,
    SkippedItems,
    list_images,
    read_image_size,
)
from fieldcheck.labels.formats.registry import BY_NAME
from fieldcheck.labels.formats.untrusted_files import PICTURE_ENDINGS
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.safe_text import clean_name, unescape_formula

Source = tuple[str, str, int]  # frame_id, source, source_index of a listed frame
HASH = 12  # hexadecimal digits of a frame's hash in the name of its picture
PACKAGED = re.compile(rf"(.+)\.([0-9a-f]{{{HASH}}})", re.DOTALL)
NO_HASHES: Mapping[str, str] = MappingProxyType({})
NUMBERED = re.compile(r"(.*)#(\d{1,9})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NameMatches:
    """`frames`: frame id by name. `unmatched` pairs a name with `no_frame`, `ambiguous` (it fits
    several frames), `same_frame` (several names mean one frame) or `other_picture` (it holds a hash
    that is not the frame's)."""

    frames: Mapping[str, str]
    unmatched: tuple[tuple[str, str], ...]


def make_package_name(frame_id: str, sha256: str) -> str:
    """The name without ending that a frame has in a labelling task package: its id and how the hash
    of its pixels begins."""
    return f"{frame_id}.{sha256[:HASH]}"


def match_frames(
    names: Sequence[str], sources: Iterable[Source], hashes: Mapping[str, str] = NO_HASHES
) -> NameMatches:
    """Finds the frame of each name.

    A frame of a video is `name.mp4#source_index`; a picture is matched with its source by the end
    of the path, whichever of the two is longer (`clip_03/0007.png`); a file called like a frame id,
    such as the saved picture of a pick, means that frame. Names without a picture's ending are
    compared without it. A name of `make_package_name` means a frame only where `hashes`, by frame
    id, has it so.
    """
    index = FrameIndex(sources)
    matches = {name: index.find_frames(name) for name in dict.fromkeys(names)}
    others = set()
    for name in matches:
        packaged = PACKAGED.fullmatch(_get_stem((_split_path(name) or ("",))[-1]))
        if packaged and packaged[1] in hashes and not matches[name]:
            others |= set() if hashes[packaged[1]].startswith(packaged[2]) else {name}
            matches[name] = [packaged[1]]
    names_of: dict[str, list[str]] = defaultdict(list)
    for name, frames in matches.items():
        if len(frames) == 1 and name not in others:
            names_of[frames[0]].append(name)
    why = {
        name: "ambiguous" if frames else "no_frame"
        for name, frames in matches.items()
        if len(frames) != 1
    }
    why |= {name: "same_frame" for same in names_of.values() if len(same) > 1 for name in same}
    why |= dict.fromkeys(others, "other_picture")
    matched = {name: frames[0] for name, frames in matches.items() if name not in why}
    return NameMatches(matched, tuple((name, why[name]) for name in matches if name in why))


class FrameIndex:
    """The listed frames, by the last part of their source's path and by id."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._ids: set[str] = set()
        self._by_end: dict[tuple[str, int | None], list[tuple[tuple[str, ...], str]]] = defaultdict(
            list
        )
        for frame_id, source, source_index in sources:
            self._ids.add(frame_id)
            parts = _split_path(source)
            if _is_image(source):
                self._by_end[parts[-1], None].append((parts, frame_id))
                self._by_end[_get_stem(parts[-1]), None].append(
                    ((*parts[:-1], _get_stem(parts[-1])), frame_id)
                )
            else:
                self._by_end[parts[-1], source_index].append((parts, frame_id))

    def find_frames(self, name: str) -> list[str]:
        """Every frame that the name could mean."""
        numbered = NUMBERED.fullmatch(name)
        parts = _split_path(numbered[1] if numbered else name)
        if not parts:
            return []
        ends = self._by_end.get((parts[-1], int(numbered[2]) if numbered else None), [])
        fitting = [
            frame_id
            for source, frame_id in ends
            if _is_tail(source, parts) or _is_tail(parts, source)
        ]
        stem = _get_stem(parts[-1])
        if not fitting and not numbered and stem in self._ids:
            return [stem]
        return fitting


def _is_image(source: str) -> bool:
    return _get_stem(source) != source


def _get_stem(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if dot and f".{ending.lower()}" in PICTURE_ENDINGS else name


def _split_path(path: str) -> tuple[str, ...]:
    """Of a path, with letters and their accents as one: computers of one kind write them apart."""
    path = unicodedata.normalize("NFC", path)
    return tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))


def _is_tail(tail: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return len(tail) <= len(whole) and whole[len(whole) - len(tail) :] == tail


# Pictures that do not lie with their labels: found by the end of their path in another folder.


def move_image_root(label_set: LabelSet, images: Path) -> LabelSet:
    """The set with its pictures in `images`. One whose name fits no picture there, or several, is
    set aside as missing."""
    index = _ImagesByPathTail(images)
    kept, missing = [], list(label_set.skipped.missing)
    silent = set(label_set.skipped.unlabelled)
    unlabelled = []
    for item, name in zip(label_set.items, label_set.names, strict=True):
        path = index.find_image(item.path) or index.find_image(name)
        if path is None:
            missing.append(item.path)
            continue
        kept.append((replace(item, path=path), name))
        unlabelled += [path] if item.path in silent else []
    aside = replace(label_set.skipped, missing=tuple(missing), unlabelled=tuple(unlabelled))
    items, names = tuple(item for item, _ in kept), tuple(name for _, name in kept)
    return replace(label_set, root=images, items=items, names=names, skipped=aside)


def make_size_lookup(images: Path) -> SizeOf:
    """Width and height of the picture that a name means, for formats that count in shares of it."""
    index = _ImagesByPathTail(images)

    def get_size(name: str) -> tuple[int, int] | None:
        path = index.find_image(name)
        try:
            return read_image_size(images / path) if path else None
        except LabelsRefused:
            return None

    return get_size


class _ImagesByPathTail:
    """Pictures below a folder by every end of their path, with and without the ending."""

    def __init__(self, images: Path) -> None:
        self._places: dict[str, list[str]] = defaultdict(list)
        for path in list_images(images):
            for tail in _list_path_tails(path):
                self._places[tail].append(path)

    def find_image(self, name: str) -> str | None:
        """The one picture whose path has the longest end in common with the name."""
        for tail in _list_path_tails(name.replace("\\", "/")):
            candidates = set(self._places.get(tail, ()))
            if candidates:
                return candidates.pop() if len(candidates) == 1 else None
        return None


def _list_path_tails(path: str) -> Iterator[str]:
    """`a/b/1.png` → `a/b/1.png`, `a/b/1`, `b/1.png`, …: decomposed accents are the same name."""
    parts = PurePosixPath(unicodedata.normalize("NFC", path)).parts
    for first in range(len(parts)):
        tail = "/".join(parts[first:])
        yield tail
        stem, dot, ending = tail.rpartition(".")
        if dot and f".{ending.lower()}" in PICTURE_ENDINGS:
            yield stem


# The receipt of a label import: what was imported, and everything that was skipped or changed.

FAULTS = (
    "absent_parts",
    "unlabelled",
    "orphans",
    "missing",
    "damaged",
    "unfit",
    "merged",
    "unlike",
)
"""Of `SkippedItems`: what a strict import refuses."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """What an import of labels contained. `per_class`: boxes of each class, images with several
    classes, or points; `n_labelled`: images with a label; `linked`: images reached through a link;
    `missing_means_unlabelled`: as in the format (`label_format`)."""

    format: str
    n_pictures: int
    n_labelled: int
    per_class: Mapping[str, int]
    skipped: SkippedItems
    linked: int = 0
    missing_means_unlabelled: bool = False

    @property
    def faults(self) -> dict[str, tuple[str, ...]]:
        """Faults of a label set, by its kind, each by its names; kinds without any are left out."""
        return {kind: names for kind in FAULTS if (names := getattr(self.skipped, kind))}

    @property
    def as_tuple(
        self,
    ) -> tuple[
        str,
        int,
        int,
        Mapping[str, int],
        str,
        int,
        dict[str, tuple[str, ...]],
        int,
        tuple[tuple[str, int], ...],
        bool,
    ]:
        """Figures that its sentences are made of."""
        return (
            self.format,
            self.n_pictures,
            self.n_labelled,
            self.per_class,
            self.skipped.part,
            self.skipped.outlines,
            self.faults,
            self.linked,
            self.skipped.losses,
            self.missing_means_unlabelled,
        )

    def to_json(self) -> dict[str, Any]:
        document = {kind: list(getattr(self.skipped, kind)) for kind in FAULTS}
        return {
            "format": self.format,
            "part": self.skipped.part or None,
            "n_pictures": self.n_pictures,
            "n_labelled": self.n_labelled,
            "per_class": dict(self.per_class),
            "outlines": self.skipped.outlines,
            "linked": self.linked,
            "losses": dict(self.skipped.losses),
            **document,
        }


def make_receipt(label_set: LabelSet) -> ImportReceipt:
    """The receipt of a label import, from the set that a reader returned."""
    boxes = Counter(box.class_name for item in label_set.items for box in item.boxes)
    points = Counter(point.class_name for item in label_set.items for point in item.points)
    classes = Counter(item.class_name for item in label_set.items if item.class_name)
    counts = boxes or classes or points
    silent = set(label_set.skipped.unlabelled)
    n_labelled = sum(item.path not in silent for item in label_set.items)
    per_class = {name: counts[name] for name in label_set.classes}
    linked = sum(is_linked(label_set.root, item.path) for item in label_set.items)
    unknown = BY_NAME[label_set.format].missing_means_unlabelled
    return ImportReceipt(
        label_set.format,
        len(label_set.items),
        n_labelled,
        per_class,
        label_set.skipped,
        linked,
        unknown,
    )


def drop_unreadable_images(label_set: LabelSet) -> LabelSet:
    """The set without the pictures that are not there or cannot be read; these are set aside, all
    of them at once.

    Raises LabelsRefused `no_pictures` where none is left.
    """
    missing, damaged, kept = list(label_set.skipped.missing), list(label_set.skipped.damaged), []
    for item, name in zip(label_set.items, label_set.names, strict=True):
        path = label_set.root / item.path
        if not path.is_file():
            missing.append(item.path)
        elif not _is_readable(path):
            damaged.append(item.path)
        else:
            kept.append((item, name))
    if not kept:
        raise LabelsRefused(
            label_set.root, "no_pictures", ", ".join((*missing, *damaged)[:MOST_NAMED])
        )
    aside = replace(label_set.skipped, missing=tuple(missing), damaged=tuple(damaged))
    return replace(
        label_set,
        items=tuple(item for item, _ in kept),
        names=tuple(name for _, name in kept),
        skipped=aside,
    )


def check_strict(path: Path, receipt: ImportReceipt) -> None:
    """Raises LabelsRefused `strict` where anything in the set was skipped or changed."""
    if receipt.faults:
        texts = [
            f"{kind} {len(names)}: {', '.join(names[:MOST_NAMED])}"
            for kind, names in receipt.faults.items()
        ]
        raise LabelsRefused(path, "strict", "; ".join(texts))


def _is_readable(path: Path) -> bool:
    try:
        read_image_size(path)
    except LabelsRefused:
        return False
    return True


# Parts of frames from a CSV file with the columns file and part.


def import_parts(project: Project, path: Path, rule: PartRule) -> Changes:
    """Parts as a CSV file lists them from now on, as one undoable act; names of files are matched
    as those of labels. Raises PathMissing, LabelsRefused, PartsRefused."""
    return store_parts(project, rule, match_part_list(project, path))


def assign_parts(
    project: Project, pattern: str, path: Path | None, by: str
) -> tuple[PartRule | None, dict[str, str]]:
    """The rule of a list, or of a pattern where `path` is None, and frame id → part by it; no rule
    where neither is given. Whether a part is called defective stays as it is. Raises as
    `match_part_list`; PartsRefused where the pattern fits no frame."""
    former = frame_listing.get_part_rule(project)
    call, least = (former.call, former.least) if former is not None else ("any", 1)
    if path is not None:
        rule = PartRule("csv", path.name, True, call, least, by=by)
        return rule, match_part_list(project, path)
    if not pattern:
        return None, {}
    across = former.across if former is not None and former.source == "pattern" else False
    rule = PartRule("pattern", pattern, across, call, least, by=by)
    frames = project.read(frames_table.list_frames)
    parts = frame_listing.assign_parts(rule, frames)
    if frames and not parts:
        raise PartsRefused(pattern, "no_match", frames[0].source)
    return rule, parts


def match_part_list(project: Project, path: Path) -> dict[str, str]:
    """Matches the files that a list names with the listed frames.

    Args:
        project: the project.
        path: a CSV file with the columns file and part.

    Returns:
        Frame id → part.

    Raises:
        PathMissing, LabelsRefused: the file is gone or is no such list.
        PartsRefused: a frame has two parts, or no frame has one.
    """
    if not path.exists():
        raise PathMissing(path)
    part_by_name = read_part_list(path)
    matches = match_frames(tuple(part_by_name), project.read(frames_table.list_frame_sources))
    if twice := next((name for name, why in matches.unmatched if why == "same_frame"), ""):
        raise PartsRefused(path.name, "two_parts", twice)
    if not matches.frames:
        raise PartsRefused(path.name, "no_match", next(iter(part_by_name), ""))
    return {frame_id: part_by_name[name] for name, frame_id in matches.frames.items()}


def read_part_list(path: Path) -> dict[str, str]:
    """Part by name of a file; rows without a part are passed over. Raises LabelsRefused,
    PartsRefused."""
    return read_named_values(path, ("file", "part"), ("columns", "two_parts"))


def read_named_values(
    path: Path, columns: tuple[str, str], problems: tuple[str, str]
) -> dict[str, str]:
    """The second column of a CSV file by the first; rows that lack one of them are passed over.
    `problems`: codes of PartsRefused where a column is missing, and where one name has two values.
    Raises LabelsRefused, PartsRefused."""
    rows = read_csv_rows(path)
    header = next(rows)
    if not set(columns) <= set(header):
        raise PartsRefused(path.name, problems[0], ",".join(header))
    name_at, value_at = (header.index(column) for column in columns)
    values: dict[str, str] = {}
    for row in rows:
        name = unescape_formula(row[name_at]).strip()
        value = clean_name(unescape_formula(row[value_at]))
        if name and value and values.setdefault(name, value) != value:
            raise PartsRefused(path.name, problems[1], name)
    return values
