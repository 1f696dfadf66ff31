"""Place, spectrum and time of a project's footage and benchmark, from thumbnails with borders, captions and logos masked (methods 7b)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.domain_shift import AspectName, ShiftAspects
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.errors import PictureUnreadable
from fieldcheck.imaging.aspects import GRID, compute_aspect_features, find_static_marks, make_grid
from fieldcheck.imaging.codec import decode_image
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.scoring.adversarial import DomainSamples
from fieldcheck.scoring.aspects import ASPECTS, AspectSamples, measure_shift_aspects
from fieldcheck.workflows.footage.sampling_list import SamplingLine
from fieldcheck.workflows.footage.thumbnails import load_thumbnails

MOST_PICTURES, FEWEST_FRAMES = 400, 10  # benchmark pictures that are looked at; rows of either side below which nothing is said
AT_ONCE = 16  # thumbnails that are asked for between two looks whether to stop

Pictures = dict[str, NDArray[np.uint8]]


def compute_shift_aspects(
    project: Project, chosen: Sequence[SamplingLine], paths: Sequence[str], seed: int, progress: Progress
) -> ShiftAspects | None:
    """Shift of place, spectrum and time between these frames and benchmark pictures, at most 400 of them spread over all; None with fewer
    than ten thumbnails of one. Raises Cancelled."""
    frames = _load_thumbnails(project, [one.frame.frame_id for one in chosen], progress)
    spread = np.unique(np.linspace(0, len(paths) - 1, MOST_PICTURES).astype(int)).tolist() if paths else []
    pictures = _load_thumbnails(project, [make_benchmark_subject(paths[at]) for at in spread], progress)
    if min(len(frames), len(pictures)) < FEWEST_FRAMES:
        return None
    clip = np.array([one.clip.clip_id for one in chosen if one.frame.frame_id in frames], np.str_)
    return measure_shift_aspects(_build_samples(list(frames.values()), clip, list(pictures.values()), progress), seed, progress)


def _build_samples(
    frames: list[NDArray[np.uint8]], clip: NDArray[np.str_], pictures: list[NDArray[np.uint8]], progress: Progress
) -> AspectSamples:
    """What is a mark on either side is painted over on both, so that the paint tells nobody apart."""
    marks = _find_clip_marks(frames, clip) | find_static_marks(np.stack([make_grid(rgb) for rgb in pictures]))
    sides: dict[bool, dict[AspectName, DomainSamples]] = {}
    for masked in (True, False):
        rows = []
        for rgb in (*frames, *pictures):
            progress.check()
            rows.append(compute_aspect_features(rgb, masked, marks))
        stacked = {name: np.stack([getattr(row, name) for row in rows]) for name in ASPECTS}
        sides[masked] = {name: DomainSamples(all_of[: clip.size], clip, all_of[clip.size :]) for name, all_of in stacked.items()}
    return AspectSamples(sides[True], sides[False], float(marks.mean()))


def _find_clip_marks(frames: list[NDArray[np.uint8]], clip: NDArray[np.str_]) -> NDArray[np.bool_]:
    """What keeps still from clip to clip, by the median picture of each; frames of another shape than the first are left out."""
    shape = frames[0].shape
    by_clip = [
        np.median([make_grid(rgb) for rgb, own in zip(frames, clip.tolist(), strict=True) if own == name and rgb.shape == shape], axis=0)
        for name in np.unique(clip[[rgb.shape == shape for rgb in frames]]).tolist()
    ]
    return find_static_marks(np.stack(by_clip).astype(np.uint8)) if by_clip else np.zeros((GRID, GRID), dtype=bool)


def _load_thumbnails(project: Project, subjects: Sequence[str], progress: Progress) -> Pictures:
    """Pixels of the thumbnail of each subject that still has one, in the order given."""
    found: Pictures = {}
    for start in range(0, len(subjects), AT_ONCE):
        progress.check()
        some = subjects[start : start + AT_ONCE]
        kept = load_thumbnails(project, some)
        for name in (one for one in some if one in kept):
            try:
                found[name] = decode_image(kept[name])
            except PictureUnreadable:
                continue
        progress.report(min(start + AT_ONCE, len(subjects)), len(subjects), "pictures")
    return found
