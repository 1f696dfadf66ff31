"""A run as experiment trackers know it: parameters, metrics by step, tags and a folder of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrackedMetric:
    """One figure at one step; `at_ms` since 1970, UTC."""

    name: str
    value: float
    at_ms: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """`run_id`: 32 hexadecimal letters; `files`: where its files lie, as a URI."""

    run_id: str
    name: str
    began_ms: int
    version: str
    files: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: tuple[TrackedMetric, ...]
