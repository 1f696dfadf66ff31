"""Frames and benchmark pictures that look alike, by vectors from inside the model or, where it has
none, by image statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import Filter, SavedSlice, make_benchmark_subject
from fieldcheck.domain.project_state import Changes
from fieldcheck.models.embeddings import compute_embeddings, load_embeddings
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as tags_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import values as slices_table
from fieldcheck.stats.similarity import (
    find_nearest_vectors,
    normalize_rows,
    project_to_plane,
    scale_by_deviation,
)

MOST_ALIKE = 100


@dataclass(frozen=True, slots=True, eq=False)
class SimilarityIndex:
    """Vectors of unit length: (n, d) of `subjects`, the first `n_frames` of them frames.
    `of_model`: from inside the model."""

    subjects: tuple[str, ...]
    vectors: NDArray[np.float32]
    n_frames: int
    of_model: bool

    def find_similar(
        self, subject: str, n: int = MOST_ALIKE, benchmark_only: bool = False
    ) -> tuple[str, ...]:
        """The subjects most like one, the most alike first, itself left out; none for one without a
        vector."""
        row = self.subjects.index(subject) if subject in self.subjects else -1
        first = self.n_frames if benchmark_only else 0
        if row < 0:
            return ()
        positions, _ = find_nearest_vectors(self.vectors[first:], self.vectors[row], n + 1)
        return tuple(
            name
            for name in (self.subjects[first + offset] for offset in positions.tolist())
            if name != subject
        )[:n]

    def find_nearest_benchmark(self, subject: str) -> str:
        """The benchmark picture most like a frame, empty where there is none."""
        return next(iter(self.find_similar(subject, 1, benchmark_only=True)), "")


@dataclass(frozen=True, slots=True, eq=False)
class ScatterLayout:
    """Where everything lies on the plane: (n, 2) of `subjects`, the first `n_frames` of them
    frames."""

    subjects: tuple[str, ...]
    points: NDArray[np.float32]
    n_frames: int
    of_model: bool


def load_similarity_index(project: Project) -> SimilarityIndex | None:
    """Vectors that there are; None before `compute_missing_vectors`."""
    embeddings = load_embeddings(project)
    if not embeddings.frame_ids:
        return None
    parts = [part for part in (embeddings.frames, embeddings.benchmark) if len(part)]
    vectors = np.concatenate(parts)
    subjects = (*embeddings.frame_ids, *map(make_benchmark_subject, embeddings.paths))
    ready = (
        normalize_rows(vectors)
        if embeddings.tensor
        else scale_by_deviation(
            vectors, embeddings.benchmark if len(embeddings.benchmark) > 1 else vectors
        )
    )
    return SimilarityIndex(subjects, ready, len(embeddings.frame_ids), bool(embeddings.tensor))


def compute_missing_vectors(project: Project, progress: Progress) -> SimilarityIndex | None:
    """Makes every vector that is missing, of footage and benchmark. Raises NoFootage,
    PictureUnreadable, ModelRejected, Cancelled."""
    compute_embeddings(project, "footage", progress)
    if project.read(benchmarks_table.get_benchmark) is not None:
        compute_embeddings(project, "benchmark", progress)
    return load_similarity_index(project)


def compute_scatter_layout(similarity_index: SimilarityIndex) -> ScatterLayout:
    """All vectors on the plane in which they differ most."""
    return ScatterLayout(
        similarity_index.subjects,
        project_to_plane(similarity_index.vectors),
        similarity_index.n_frames,
        similarity_index.of_model,
    )


def set_tags(
    project: Project, subjects: Sequence[str], add: Sequence[str] = (), take: Sequence[str] = ()
) -> Changes:
    """Puts tags on frames and benchmark pictures and takes others off, as one act."""
    now = project.read(tags_table.list_tags)
    puts, deletes = [], []
    for subject in subjects:
        names = (set(now.get(subject, ())) | {name.strip() for name in add if name.strip()}) - set(
            take
        )
        if names:
            puts.append(tags_table.make_tags_row(subject, names))
        else:
            deletes.append(tags_table.make_tags_key(subject))
    return project.edit("tag.set", puts=puts, deletes=deletes)


def save_slice(project: Project, name: str, wanted: Filter) -> Changes:
    """Saves a filter under a name, in place of an older one of that name. Raises ValueError for a
    name of nothing."""
    return project.edit(
        "slice.save", puts=[slices_table.make_slice_row(SavedSlice(name.strip(), wanted))]
    )


def delete_slice(project: Project, name: str) -> Changes:
    """Takes a saved slice away; its frames stay."""
    return project.edit("slice.delete", deletes=[slices_table.make_slice_key(name)])
