"""Parts of a labelled set: training, validation, test. A benchmark is never the part that the model learned from unless it is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange.imagefolder import list_images, list_split_folders

TRAINING = frozenset({"train", "training"})
VALIDATION = frozenset({"val", "valid", "validation"})


@dataclass(frozen=True, slots=True)
class PartWish:
    """`name`: the part that is wanted, empty where none was named; `takes_any`: labels are not held against a model that may have learned
    from them, so a part that is the only one is read whatever it is."""

    name: str = ""
    takes_any: bool = False


NO_WISH, ANY_PART = PartWish(), PartWish(takes_any=True)


def choose_part(path: Path, counts: Mapping[str, int], wish: PartWish, preferred: frozenset[str] = frozenset()) -> str:
    """The part to be read of those that there are (their images by name): the named one, the only one, or one of `preferred`.

    Raises LabelsRefused `no_part` where the named one is not there, and `part` where one has to be named: there are several, or the only
    one is for training.
    """
    listing = ", ".join(f"{name}: {n}" for name, n in counts.items())
    if wish.name:
        named = [name for name in counts if _normalize_part_name(name) == _normalize_part_name(wish.name)]
        if len(named) != 1:
            raise LabelsRefused(path, "no_part", listing)
        return named[0]
    others = [name for name in counts if _normalize_part_name(name) not in TRAINING]
    first = [name for name in others if _normalize_part_name(name) in preferred]
    if first:
        return first[0]
    if len(others) == 1 and (preferred or len(counts) == 1):
        return others[0]
    if wish.takes_any and len(counts) == 1:
        return next(iter(counts))
    raise LabelsRefused(path, "part", listing)


def find_part_folder(place: Path, wish: PartWish) -> str:
    """The sub-folder of the part to be read, where all folders in a set are parts; nothing where they are not. Raises as `choose_part`."""
    folders = list_split_folders(place)
    counts = {name: count_images(place / name) for name in folders}
    return choose_part(place, counts, wish) if any(counts.values()) else ""


def count_images(folder: Path) -> int:
    """How many files below a folder have an image's ending."""
    return sum(1 for _ in list_images(folder))


def _normalize_part_name(name: str) -> str:
    """`valid` and `validation` are `val`, whatever of them is written large."""
    low = name.lower()
    return "val" if low in VALIDATION else "train" if low in TRAINING else "test" if low == "testing" else low
