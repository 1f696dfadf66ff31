"""A recipe for training: corruptions as an albumentations pipeline that is read back by plain albumentations."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fieldcheck.corruption.apply import make_transform
from fieldcheck.corruption.catalog import CATALOG, CORE, get_parameters
from fieldcheck.corruption.fit import FittedCorruption

if TYPE_CHECKING:
    from albumentations import BasicTransform, Compose

SHARE = 0.3  # of a batch that is corrupted; the rest stays clean
TOGETHER = ((1, 0.4), (2, 0.4), (3, 0.2))  # how many at once, and how often: never fifty
UNSEEN = 2  # families that no exported recipe trains on, so that they can tell whether the others taught more than themselves
STOPS = (1.0, 3.0)  # mild and moderate: what is severe is for testing
NATIVE = frozenset({"jpeg", "gauss_noise"})  # of a fitted camera: blocks and noise of its own files


@dataclass(frozen=True, slots=True)
class RecipePart:
    """One corruption of a recipe: the arguments of its transform, milder ones first; `fitted` where they are this camera's."""

    corruption: str
    stops: tuple[dict[str, float | bool], ...]
    fitted: bool = False


def list_recipe_parts(fitted: Sequence[FittedCorruption] = (), names: Iterable[str] = CORE) -> tuple[RecipePart, ...]:
    """The core set at mild and moderate, with this camera's figures where it has been fitted."""
    known = {one.corruption: one for one in fitted}
    found = []
    for name in (*names, *(one for one in known if one not in CORE)):
        if name in known:
            found.append(RecipePart(name, tuple(_get_fitted_arguments(known[name], at) for at in (0, 1)), fitted=True))
        else:
            found.append(RecipePart(name, tuple(dict(get_parameters(name, severity)) for severity in STOPS)))
    return tuple(found)


def _get_fitted_arguments(one: FittedCorruption, at: int) -> dict[str, float | bool]:
    value: dict[str, float | bool] = {one.parameter: one.stops[at]}
    return value | {"native": True} if one.corruption in NATIVE else value


def split_parts(
    parts: Sequence[RecipePart], seed: int, kept: Collection[str] = ()
) -> tuple[tuple[RecipePart, ...], tuple[RecipePart, ...]]:
    """(trained, unseen): two corruptions of different causes by the seed, never one of those `kept`, which the field looks like."""
    rng, unseen = np.random.default_rng(seed), list[RecipePart]()
    for at in rng.permutation(len(parts)):
        part = parts[int(at)]
        if len(unseen) < UNSEEN and part.corruption not in kept and CATALOG[part.corruption].cause not in _get_causes(unseen):
            unseen.append(part)
    return tuple(part for part in parts if part not in unseen), tuple(unseen)


def _get_causes(parts: Iterable[RecipePart]) -> set[str]:
    return {CATALOG[part.corruption].cause for part in parts}


def build_pipeline(parts: Sequence[RecipePart], share: float = SHARE) -> Compose:
    """One to three of the parts, each mild or moderate, on `share` of the pictures."""
    import albumentations as A

    def make_choices() -> list[BasicTransform]:
        return [A.OneOf([make_transform(part.corruption, stop) for stop in part.stops], p=1.0) for part in parts]

    # A group chosen by `OneOf` draws again whether it is applied, unless it is a sequence.
    groups = [A.Sequential([A.SomeOf(make_choices(), n=n, replace=False, p=1.0)], p=often) for n, often in TOGETHER if n <= len(parts)]
    return A.Compose([A.OneOf(groups, p=1.0)], p=share)


def format_pipeline(parts: Sequence[RecipePart], share: float = SHARE) -> str:
    """The pipeline as the JSON that `albumentations.load` reads once `fieldcheck_transforms` is imported. The seed is not in it."""
    import albumentations as A

    return json.dumps(A.to_dict(build_pipeline(parts, share)), indent=1) + "\n"
