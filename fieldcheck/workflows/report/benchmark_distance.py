"""Unlikeness of a project's footage over time: how far each stretch lies from the nearest benchmark picture, by kept embeddings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.curves import Unlikeness, UnlikenessStep
from fieldcheck.project.folder import Project
from fieldcheck.workflows.explore.similar import load_similarity_index
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines

STEPS, FEWEST_EMBEDDINGS, CHUNK = 40, 10, 256
OWN_SHARE = 95


def compute_unlikeness(project: Project) -> Unlikeness | None:
    """None before embeddings of footage and benchmark were made, or with fewer than ten of either."""
    found, listing = load_similarity_index(project), project.read(list_sampling_lines)
    if found is None or min(found.n_frames, len(found.subjects) - found.n_frames) < FEWEST_EMBEDDINGS:
        return None
    row = {name: at for at, name in enumerate(found.subjects[: found.n_frames])}
    places = [at for at, line in enumerate(listing) if line.frame.frame_id in row]
    if len(places) < FEWEST_EMBEDDINGS:
        return None
    frames = found.vectors[[row[listing[at].frame.frame_id] for at in places]]
    benchmark = found.vectors[found.n_frames :]
    distance, own = _compute_nearest_distance(frames, benchmark), _compute_nearest_distance(benchmark, benchmark, itself=True)
    parts = np.array_split(np.arange(len(places)), min(STEPS, len(places)))
    steps = [_build_step(places, distance, part, listing[places[part[0]]].taken_at) for part in parts]
    return Unlikeness(tuple(steps), len(places), len(benchmark), float(np.percentile(own, OWN_SHARE)), found.of_model)


def _build_step(places: list[int], distance: NDArray[np.float64], part: NDArray[np.int64], at: str) -> UnlikenessStep:
    low, middle, high = np.percentile(distance[part], (25, 50, 75)).tolist()
    return UnlikenessStep(places[part[0]], places[part[-1]], at, middle, low, high)


def _compute_nearest_distance(rows: NDArray[np.float32], others: NDArray[np.float32], itself: bool = False) -> NDArray[np.float64]:
    """(n,) distance to the nearest of `others`, both of unit length; `itself`: they are the same, and each one's own is left out."""
    found = np.zeros(len(rows))
    for start in range(0, len(rows), CHUNK):
        likeness_of = (rows[start : start + CHUNK] @ others.T).astype(np.float64)
        if itself:
            at = np.arange(len(likeness_of))
            likeness_of[at, start + at] = -np.inf
        found[start : start + CHUNK] = 1 - likeness_of.max(axis=1)
    return found
