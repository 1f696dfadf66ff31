"""The parts of other people that ship with the program, as their own package data names them."""

from __future__ import annotations

import re
from importlib import metadata

from fieldcheck.words.language import text

PROGRAM = "fieldcheck"
LONGEST = 60  # a licence in full instead of its name is not shown in a table
FONT = ("DejaVu Sans", "2.37", "Bitstream Vera")


def shipped_parts() -> list[tuple[str, ...]]:
    """Name, version and licence of every package that the program needs, and that these need, by name; then the font.

    Slow: reads some dozens of files.
    """
    found: dict[str, tuple[str, ...]] = {}
    waiting = [PROGRAM]
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            part = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # needed on other systems only
        found[key] = (part.metadata["Name"], part.version, licence(part))
        waiting += needed(part)
    found.pop(PROGRAM, None)
    return [*(found[key] for key in sorted(found)), FONT]


def needed(part: metadata.Distribution) -> list[str]:
    """Names of the packages that it always needs."""
    named = [re.match(r"[A-Za-z0-9._-]+", line) for line in part.requires or () if "extra ==" not in line]
    return [one[0] for one in named if one]


def licence(part: metadata.Distribution) -> str:
    """Its licence as short as the package says it."""
    told = part.metadata
    short = _first(told, "License-Expression") or next(iter(_first(told, "License").strip().splitlines()), "")
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    return next((one for one in (short, ", ".join(classes)) if one and len(one) <= LONGEST), text("see the files of the package"))


def _first(told: metadata.PackageMetadata, field: str) -> str:
    return next(iter(told.get_all(field) or ()), "")
