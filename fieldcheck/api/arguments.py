"""Checks of a script's arguments, made before anything is done, as the command line checks its
options."""

from __future__ import annotations

import inspect
import os
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial, wraps
from math import inf
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import numpy as np

from fieldcheck.api.results import plain_sentence
from fieldcheck.corruptions.catalogue import IN_PLACE
from fieldcheck.domain.label import DESIGNS, LARGEST_SEED, Box, Point
from fieldcheck.domain.prediction import FOREIGN_TASKS
from fieldcheck.domain.recording import CONDITIONS
from fieldcheck.domain.report import LARGEST_LATENCY_MS
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.errors.files import ArgumentRefused, FieldcheckError
from fieldcheck.files import to_path_refused
from fieldcheck.i18n.language import LANGUAGES
from fieldcheck.labels.formats.registry import READABLE
from fieldcheck.models.compare import KINDS
from fieldcheck.report.export import EXPORT_WRITERS

P = ParamSpec("P")
T = TypeVar("T")
Check = Callable[[Any], Any]

SETS = ("field", "benchmark", "footage", "all")
IMAGES = ("(3, H, W)",)


class _ArgumentError(Exception):
    """A value that an argument does not take: the code of what it takes, and for a choice the
    options."""

    def __init__(self, problem: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem, self.allowed = problem, allowed


def check_arguments(function: Callable[P, T]) -> Callable[P, T]:
    """A method of the script door: its arguments are checked, and an error of the family says its
    sentence as `str()`."""
    signature = inspect.signature(function)

    @wraps(function)
    def call_checked(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            bound = signature.bind(*arguments, **named)
            bound.apply_defaults()
            bound.arguments.update(_check_arguments(signature, bound.arguments))
            return function(*bound.args, **bound.kwargs)
        except FieldcheckError as error:
            error.set_message(plain_sentence(error))
            raise
        except OSError as error:
            refused = to_path_refused(error)
            if refused is None:
                raise
            refused.set_message(plain_sentence(refused))
            raise refused from error

    return call_checked


def _check_arguments(signature: inspect.Signature, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as the verbs take them. Raises ArgumentRefused."""
    checked = {}
    for name, value in arguments.items():
        parameter = signature.parameters[name]
        if name in ("self", "cls") or (value is None and parameter.default is None):
            continue
        try:
            checked[name] = CHECKS[name](value)
        except _ArgumentError as unfit:
            raise ArgumentRefused(name, unfit.problem, _short.repr(value), unfit.allowed) from None
    return checked


_short = reprlib.Repr()
_short.maxstring = _short.maxother = 80


def _require_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _ArgumentError("text")
    return str(value)


def _require_path(value: Any) -> Path:
    """Raises for an empty path, which Python would take as the script's current folder."""
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(path, str) or not path or "\0" in path:
        raise _ArgumentError("path")
    return Path(path)


def _require_paths(value: Any) -> tuple[Path, ...]:
    if not value:
        raise _ArgumentError("path")
    return tuple(_require_path(item) for item in value)


def _require_function(value: Any) -> Any:
    if not callable(value):
        raise _ArgumentError("function")
    return value


def _require_model(value: Any) -> str | Path:
    """A file, or the name of a model."""
    return _require_path(value) if isinstance(value, os.PathLike) else str(_require_path(value))


def _require_bool(value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise _ArgumentError("truth")
    return bool(value)


def _is_number(value: Any, kind: type) -> bool:
    """Whether the value is a number, also one of numpy's; a bool is none, though Python counts it
    as one."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _require_int(value: Any, least: int, most: int, problem: str) -> int:
    if not _is_number(value, Integral) or not least <= value <= most:
        raise _ArgumentError(problem)
    return int(value)


def _require_fraction(value: Any) -> float:
    if not _is_number(value, Real) or not 0 <= value <= 1:  # nor is NaN
        raise _ArgumentError("fraction")
    return float(value)


def _require_ms(value: Any) -> float:
    if not _is_number(value, Real) or not 0 < value <= LARGEST_LATENCY_MS:  # nor is NaN
        raise _ArgumentError("milliseconds")
    return float(value)


def _require_seconds(value: Any) -> float:
    if not _is_number(value, Real) or not 0 <= value < inf:  # nor is NaN
        raise _ArgumentError("seconds")
    return float(value)


def _parse_time(value: Any) -> str:
    """ISO 8601 in UTC; local time without an offset."""
    try:
        return (
            datetime.fromisoformat(_require_text(value)).astimezone(UTC).isoformat()
            if value != ""
            else ""
        )
    except (ValueError, OverflowError):
        raise _ArgumentError("time") from None


def _require_choice(value: Any, allowed: Collection[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _ArgumentError("choice", tuple(allowed))
    return str(value)


def _check_each(value: Any, check: Check, problem: str) -> tuple[Any, ...]:
    """Check several values; a single text is refused, since its letters would be taken one by
    one."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise _ArgumentError(problem)
    return tuple(check(item) for item in value)


def _require_texts(value: Any) -> tuple[str, ...]:
    return _check_each(value, _require_text, "texts")


def _require_choices(value: Any, allowed: Collection[str]) -> tuple[str, ...]:
    return _check_each(value, partial(_require_choice, allowed=allowed), "texts")


def _require_instances(value: Any, kind: type) -> tuple[Any, ...]:
    instances = tuple(value) if isinstance(value, Iterable) else (value,)
    if not isinstance(value, Iterable) or not all(
        isinstance(instance, kind) for instance in instances
    ):
        raise _ArgumentError("objects", (f"fieldcheck.{kind.__name__}",))
    return instances


def _require_images(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise _ArgumentError("objects", IMAGES)
    return tuple(value)


def _require_project(value: Any) -> Any:
    from fieldcheck import Project  # whose module checks its arguments here

    if not isinstance(value, Project):
        raise _ArgumentError("choice", ("fieldcheck.Project",))
    return value


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "a": _require_text,
        "against": _require_text,
        "b": _require_text,
        "batch": _require_images,
        "benchmark": _require_path,
        "blind": _require_bool,
        "boxes": partial(_require_instances, kind=Box),
        "by": _require_text,
        "camera": _require_text,
        "card": _require_path,
        "claimed": _require_fraction,
        "class_name": _require_text,
        "classes": _require_texts,
        "confident_errors": _require_fraction,
        "conditions": partial(_require_choices, allowed=CONDITIONS),
        "corruptions": partial(_require_choices, allowed=IN_PLACE),
        "count": partial(_require_int, least=1, most=LARGEST_SEED, problem="count"),
        "design": partial(_require_choice, allowed=DESIGNS),
        "escape_rate": _require_fraction,
        "false_reject_rate": _require_fraction,
        "format": partial(_require_choice, allowed=READABLE),
        "frame_id": _require_text,
        "kind": partial(_require_choice, allowed=EXPORT_WRITERS),
        "lang": partial(_require_choice, allowed=LANGUAGES),
        "latency_ms": _require_ms,
        "location": _require_text,
        "metric": _require_text,
        "name": _require_text,
        "model": _require_model,
        "models": _require_texts,
        "must": _require_texts,
        "nothing": _require_bool,
        "ok_classes": _require_texts,
        "on": partial(_require_choice, allowed=SETS),
        "out": _require_path,
        "path": _require_path,
        "paths": _require_paths,
        "points": partial(_require_instances, kind=Point),
        "predict": _require_function,
        "project": _require_project,
        "recordings": _require_bool,
        "require": partial(_require_choices, allowed=KINDS),
        "run_id": _require_text,
        "seconds": _require_seconds,
        "seed": partial(_require_int, least=0, most=LARGEST_SEED, problem="seed"),
        "severities": partial(_require_choices, allowed=SEVERITIES),
        "sets": partial(_require_choices, allowed=SETS[:-1]),
        "site": _require_text,
        "skip": _require_text,
        "taken_at": _parse_time,
        "task": partial(_require_choice, allowed=FOREIGN_TASKS),
        "tolerance": _require_fraction,
        "trained_on": _require_path,
        "unsure": _require_bool,
        "version": _require_text,
        "write": _require_bool,
    }
)
