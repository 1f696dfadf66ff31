"""Adversarial validation of a project: does its footage look like its benchmark? Computed once for what is compared, and kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.domain_shift import DomainShift
from fieldcheck.errors import PathMissing, PictureUnreadable
from fieldcheck.files import join_inside_data_set
from fieldcheck.imaging.codec import read_image_size
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.adversarial import PER_UNIT, ComparedImages, DomainSamples, make_cause_statistics, measure_domain_shift
from fieldcheck.workflows.footage.sampling_list import SamplingLine, list_sampling_lines
from fieldcheck.workflows.models.embed import MOST_BENCHMARK, Embeddings, compute_benchmark_statistics, load_embeddings
from fieldcheck.workflows.models.run_model import get_benchmark, get_benchmark_root
from fieldcheck.workflows.report.shift_aspects import compute_shift_aspects
from fieldcheck.workflows.report.two_sides import BOOTSTRAP_SEED
from fieldcheck.workflows.stress.match_field import get_compared_images

KIND = "domain/2"  # counted up when the same pictures would be told otherwise, so that older findings are not shown as today's
MOST_FRAMES, FEWEST = 200, 10  # frames spread over the footage; rows of either side below which nothing is said


def load_domain_shift(project: Project) -> DomainShift | None:
    """Domain shift of footage and benchmark as they are, by embeddings where `compute_domain_shift` had them; None where it was
    not asked."""
    about = get_compared_images(project)
    model = project.read(models_table.get_newest_model)
    for sha256 in dict.fromkeys([model.sha256 if model else "", ""] if about else []):
        found = project.read(partial(facts_table.get_newest_fact, kind=KIND, model_sha256=sha256, card_sha256="", about=about))
        if found:
            return DomainShift.from_json(found)
    return None


def compute_domain_shift(project: Project, progress: Progress, now: str) -> DomainShift | None:
    """Measures the benchmark's pictures that are not measured yet, trains the classifier with its controls, and keeps what was found.

    By embeddings of the newest model where they are kept for all that is compared, else by image statistics. None with fewer than ten
    readable pictures or frames. Raises Cancelled.
    """
    about = get_compared_images(project)
    if not about:
        return None
    listing = project.read(list_sampling_lines)
    chosen = [listing[at] for at in np.unique(np.linspace(0, len(listing) - 1, MOST_FRAMES).astype(int)).tolist()]
    model, kept = project.read(models_table.get_newest_model), load_embeddings(project)
    embedded = model.sha256 if model and kept.tensor and _has_all_frames(kept, chosen) else ""
    if (known := project.read(lambda db: facts_table.get_newest_fact(db, KIND, embedded, "", about))) is not None:
        return DomainShift.from_json(known)
    given = _load_compared_images(project, chosen, kept if embedded else None, progress)
    if given is None:
        return None
    found = measure_domain_shift(given, BOOTSTRAP_SEED, progress)
    found = replace(found, aspects=compute_shift_aspects(project, chosen, given.pictures, BOOTSTRAP_SEED, progress))
    project.write(lambda db: facts_table.put_fact(db, KIND, embedded, "", about, found.to_json(), now)).result()
    return found


def _has_all_frames(kept: Embeddings, chosen: list[SamplingLine]) -> bool:
    return len(kept.paths) >= FEWEST and {one.frame.frame_id for one in chosen} <= set(kept.frame_ids)


def _load_compared_images(
    project: Project, chosen: list[SamplingLine], kept: Embeddings | None, progress: Progress
) -> ComparedImages | None:
    """Frames and at most ten times as many pictures, 2,000 at most, with what is measured on both."""
    facts = {fact.frame_id: fact.statistics for fact in project.read(frames_table.list_frame_facts)}
    frames = [one.frame for one in chosen]
    paths, measured = compute_benchmark_statistics(project, progress, min(MOST_BENCHMARK, PER_UNIT * len(frames)))
    sizes = _measure_sizes(project, paths)
    there = np.isfinite(sizes) & np.isin(paths, kept.paths if kept else paths)
    if min(int(there.sum()), len(frames)) < FEWEST:
        return None
    own = make_cause_statistics(
        np.stack([facts[one.frame_id] for one in frames]), np.array([one.width * one.height for one in frames], float)
    )
    other = make_cause_statistics(measured[there], sizes[there])
    clip = np.array([one.clip.clip_id for one in chosen], np.str_)
    names, pictures = [one.frame_id for one in frames], np.array(paths, np.str_)[there].tolist()
    embedded = None
    if kept is not None:
        embedded = DomainSamples(_select_rows(kept.frames, kept.frame_ids, names), clip, _select_rows(kept.benchmark, kept.paths, pictures))
    return ComparedImages(DomainSamples(own, clip, other), embedded, names, pictures)


def _select_rows(vectors: NDArray[np.float32], subjects: tuple[str, ...], wanted: list[str]) -> NDArray[np.float64]:
    place = {name: at for at, name in enumerate(subjects)}
    return vectors[[place[name] for name in wanted]].astype(np.float64)


def _measure_sizes(project: Project, paths: tuple[str, ...]) -> NDArray[np.float64]:
    """(m,) pixels of each picture, NaN for one that cannot be read."""
    root, found = get_benchmark_root(project, get_benchmark(project)), np.full(len(paths), np.nan)
    for at, path in enumerate(paths):
        try:
            width, height = read_image_size(join_inside_data_set(root, path))
        except (PathMissing, PictureUnreadable):
            continue
        found[at] = width * height
    return found
