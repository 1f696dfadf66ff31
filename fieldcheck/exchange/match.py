"""Which frame of a project a name in somebody's label file means."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fieldcheck.exchange.untrusted import PICTURE_ENDINGS

Source = tuple[str, str, int]  # frame_id, source, source_index of a listed frame
HASH = 12  # hexadecimal digits of a frame's hash in the name of its picture
PACKAGED = re.compile(rf"(.+)\.([0-9a-f]{{{HASH}}})", re.DOTALL)
NO_HASHES: Mapping[str, str] = MappingProxyType({})
NUMBERED = re.compile(r"(.*)#(\d{1,9})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NameMatches:
    """`frames`: frame id by name. `unmatched` pairs a name with `no_frame`, `ambiguous` (it fits several frames), `same_frame` (several
    names mean one frame) or `other_picture` (it holds a hash that is not the frame's)."""

    frames: Mapping[str, str]
    unmatched: tuple[tuple[str, str], ...]


def make_package_name(frame_id: str, sha256: str) -> str:
    """The name without ending that a frame has in a labelling task package: its id and how the hash of its pixels begins."""
    return f"{frame_id}.{sha256[:HASH]}"


def match_frames(names: Sequence[str], sources: Iterable[Source], hashes: Mapping[str, str] = NO_HASHES) -> NameMatches:
    """Finds the frame of each name.

    A frame of a video is `name.mp4#source_index`; a picture is matched with its source by the end of the path, whichever of the two
    is longer (`clip_03/0007.png`); a file called like a frame id, such as the saved picture of a pick, means that frame. Names without
    a picture's ending are compared without it. A name of `make_package_name` means a frame only where `hashes`, by frame id, has it so.
    """
    index = FrameIndex(sources)
    found = {name: index.find_frames(name) for name in dict.fromkeys(names)}
    others = set()
    for name in found:
        packaged = PACKAGED.fullmatch(_get_stem((_split_path(name) or ("",))[-1]))
        if packaged and packaged[1] in hashes and not found[name]:
            others |= set() if hashes[packaged[1]].startswith(packaged[2]) else {name}
            found[name] = [packaged[1]]
    names_of: dict[str, list[str]] = defaultdict(list)
    for name, frames in found.items():
        if len(frames) == 1 and name not in others:
            names_of[frames[0]].append(name)
    why = {name: "ambiguous" if frames else "no_frame" for name, frames in found.items() if len(frames) != 1}
    why |= {name: "same_frame" for same in names_of.values() if len(same) > 1 for name in same}
    why |= dict.fromkeys(others, "other_picture")
    matched = {name: frames[0] for name, frames in found.items() if name not in why}
    return NameMatches(matched, tuple((name, why[name]) for name in found if name in why))


class FrameIndex:
    """The listed frames, by the last part of their source's path and by id."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._ids: set[str] = set()
        self._by_end: dict[tuple[str, int | None], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for frame_id, source, source_index in sources:
            self._ids.add(frame_id)
            parts = _split_path(source)
            if _is_image(source):
                self._by_end[parts[-1], None].append((parts, frame_id))
                self._by_end[_get_stem(parts[-1]), None].append(((*parts[:-1], _get_stem(parts[-1])), frame_id))
            else:
                self._by_end[parts[-1], source_index].append((parts, frame_id))

    def find_frames(self, name: str) -> list[str]:
        """Every frame that the name could mean."""
        numbered = NUMBERED.fullmatch(name)
        parts = _split_path(numbered[1] if numbered else name)
        if not parts:
            return []
        ends = self._by_end.get((parts[-1], int(numbered[2]) if numbered else None), [])
        fitting = [frame_id for source, frame_id in ends if _is_tail(source, parts) or _is_tail(parts, source)]
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
