"""Arguments of a script's call: each is held to what it may be before anything is done, as the options of the terminal are."""

from __future__ import annotations

import inspect
import os
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial, wraps
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import numpy as np

from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.condition import CONDITIONS
from fieldcheck.domain.pick import DESIGNS, LARGEST_SEED
from fieldcheck.errors import ArgumentRefused, FieldcheckError
from fieldcheck.exchange.formats import READABLE
from fieldcheck.files import refused_path
from fieldcheck.scoring.gate import KINDS
from fieldcheck.scripting.results import plain_sentence
from fieldcheck.words.language import LANGUAGES

P = ParamSpec("P")
T = TypeVar("T")
Check = Callable[[Any], Any]

SETS = ("field", "benchmark", "footage", "all")


class _Unfit(Exception):
    """A value is not what an argument takes; the code of what it takes, and of a choice what there is."""

    def __init__(self, problem: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem, self.allowed = problem, allowed


def script_call(function: Callable[P, T]) -> Callable[P, T]:
    """A method of the script door: its arguments are checked, and an error of the family says its sentence as `str()`."""
    signature = inspect.signature(function)

    @wraps(function)
    def call(*given: P.args, **named: P.kwargs) -> T:
        try:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            bound.arguments.update(_checked(signature, bound.arguments))
            return function(*bound.args, **bound.kwargs)
        except FieldcheckError as error:
            error.put_sentence(plain_sentence(error))
            raise
        except OSError as error:
            refused = refused_path(error)
            if refused is None:
                raise
            refused.put_sentence(plain_sentence(refused))
            raise refused from error

    return call


def _checked(signature: inspect.Signature, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as the workflows take them. Raises ArgumentRefused."""
    found = {}
    for name, value in arguments.items():
        parameter = signature.parameters[name]
        if name in ("self", "cls") or (value is None and parameter.default is None):
            continue
        try:
            found[name] = CHECKS[name](value)
        except _Unfit as unfit:
            raise ArgumentRefused(name, unfit.problem, _short.repr(value), unfit.allowed) from None
    return found


_short = reprlib.Repr()
_short.maxstring = _short.maxother = 80


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unfit("text")
    return str(value)


def _path(value: Any) -> Path:
    """An empty one is refused: Python takes it for the folder that the script runs in."""
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(path, str) or not path or "\0" in path:
        raise _Unfit("path")
    return Path(path)


def _paths(value: Any) -> tuple[Path, ...]:
    if not value:
        raise _Unfit("path")
    return tuple(_path(one) for one in value)


def _model(value: Any) -> str | Path:
    """A file, or the name of a model."""
    return _path(value) if isinstance(value, os.PathLike) else str(_path(value))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise _Unfit("truth")
    return bool(value)


def _is_number(value: Any, kind: type) -> bool:
    """Also one of numpy's; truth is none, though Python counts it as one."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _whole(value: Any, least: int, most: int, problem: str) -> int:
    if not _is_number(value, Integral) or not least <= value <= most:
        raise _Unfit(problem)
    return int(value)


def _fraction(value: Any) -> float:
    if not _is_number(value, Real) or not 0 <= value <= 1:  # nor is NaN
        raise _Unfit("fraction")
    return float(value)


def _time(value: Any) -> str:
    """ISO 8601 in UTC; local time without an offset."""
    try:
        return datetime.fromisoformat(_text(value)).astimezone(UTC).isoformat() if value != "" else ""
    except (ValueError, OverflowError):
        raise _Unfit("time") from None


def _choice(value: Any, allowed: Collection[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _Unfit("choice", tuple(allowed))
    return str(value)


def _each(value: Any, check: Check, problem: str) -> tuple[Any, ...]:
    """Several values; one text is none of them, since its letters would be taken one by one."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise _Unfit(problem)
    return tuple(check(one) for one in value)


def _texts(value: Any) -> tuple[str, ...]:
    return _each(value, _text, "texts")


def _choices(value: Any, allowed: Collection[str]) -> tuple[str, ...]:
    return _each(value, partial(_choice, allowed=allowed), "texts")


def _objects(value: Any, kind: type) -> tuple[Any, ...]:
    found = tuple(value) if isinstance(value, Iterable) else (value,)
    if not isinstance(value, Iterable) or not all(isinstance(one, kind) for one in found):
        raise _Unfit("objects", (f"fieldcheck.{kind.__name__}",))
    return found


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "against": _text,
        "benchmark": _path,
        "blind": _truth,
        "boxes": partial(_objects, kind=Box),
        "by": _text,
        "camera": _text,
        "card": _path,
        "claimed": _fraction,
        "class_name": _text,
        "classes": _texts,
        "conditions": partial(_choices, allowed=CONDITIONS),
        "count": partial(_whole, least=1, most=LARGEST_SEED, problem="count"),
        "design": partial(_choice, allowed=DESIGNS),
        "format": partial(_choice, allowed=READABLE),
        "frame_id": _text,
        "lang": partial(_choice, allowed=LANGUAGES),
        "location": _text,
        "metric": _text,
        "model": _model,
        "must": _texts,
        "nothing": _truth,
        "on": partial(_choice, allowed=SETS),
        "out": _path,
        "path": _path,
        "paths": _paths,
        "points": partial(_objects, kind=Point),
        "require": partial(_choices, allowed=KINDS),
        "run_id": _text,
        "seed": partial(_whole, least=0, most=LARGEST_SEED, problem="seed"),
        "site": _text,
        "skip": _text,
        "taken_at": _time,
        "tolerance": _fraction,
        "trained_on": _path,
        "unsure": _truth,
        "write": _truth,
    }
)
