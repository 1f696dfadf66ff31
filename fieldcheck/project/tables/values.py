"""How values that SQLite does not know are kept: JSON text, float vectors, fingerprints, NaN."""

from __future__ import annotations

import json
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.files import find_path_problem
from fieldcheck.plain_json import parse_json

SIGN = 1 << 63
RANGE = 1 << 64


class UnfitValue(Exception):
    """A stored value that no version of ours can have written; the text names it."""


def to_json(value: object) -> str:
    """JSON text of a value: the same value, the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(text: str, what: str) -> Any:
    """The value that `to_json` wrote. Raises UnfitValue."""
    try:
        return parse_json(text)
    except ValueError as error:
        raise UnfitValue(f"{what}: {error}") from error


def to_blob(vector: NDArray[np.float32]) -> bytes:
    """float32, little-endian, row after row."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def from_blob(blob: bytes, shape: tuple[int, ...], what: str) -> NDArray[np.float32]:
    """float32 of that shape, not writeable. Raises UnfitValue where the size is not that of the shape."""
    if min(shape) < 0 or len(blob) != 4 * int(np.prod(shape, dtype=object)):
        raise UnfitValue(f"{what}: {len(blob)} bytes for {shape}")
    return np.frombuffer(blob, dtype="<f4").reshape(shape).astype(np.float32, copy=False)


def to_signed(bits: int) -> int:
    """64 bits as the signed number that SQLite stores."""
    return bits - RANGE if bits & SIGN else int(bits)


def from_signed(number: int) -> int:
    """The 64 bits that `to_signed` stored."""
    return number + RANGE if number < 0 else number


def to_real(value: float | None) -> float | None:
    """NaN and "not known" are both NULL."""
    return None if value is None or isnan(value) else float(value)


def from_real(stored: float | None) -> float:
    """NULL is NaN."""
    return nan if stored is None else stored


def from_place(stored: str, what: str) -> str:
    """A path relative to the project, empty for none. Raises UnfitValue for one that leads out of it, or names another computer."""
    if stored and (problem := find_path_problem(stored)):
        raise UnfitValue(f"{what}: {problem}")
    return stored


def from_id(stored: str, what: str) -> str:
    """A name that files and folders are called by. Raises UnfitValue for one with a separator in it."""
    if not stored or "/" in stored or "\\" in stored or ":" in stored or "\0" in stored or stored in (".", ".."):
        raise UnfitValue(what)
    return stored


def to_flag(value: bool | None) -> int | None:
    """None stays None: not known."""
    return None if value is None else int(value)


def from_flag(stored: int | None) -> bool | None:
    """None stays None: not known."""
    return None if stored is None else bool(stored)
