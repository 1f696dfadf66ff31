"""Vectors of the listed frames and of the benchmark, from inside the model or, where it lends itself to none, from image statistics."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.frame import frame_id
from fieldcheck.domain.model_card import card_from_json
from fieldcheck.domain.recording import Skipped
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import NoFootage, PathMissing, PictureUnreadable
from fieldcheck.files import inside_set, json_key
from fieldcheck.imaging.codec import read_picture
from fieldcheck.imaging.statistics import statistics
from fieldcheck.inference.embed import Embedder, open_embedder
from fieldcheck.picking.novelty import novelty, statistics_novelty
from fieldcheck.plain_json import parse
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import components as components_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.chunks import map_chunks, portions
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.footage.triage import ModelFile, TriageChunk, read_chunk
from fieldcheck.workflows.models.models import model_file
from fieldcheck.workflows.models.run_model import PictureChunk, benchmark_key, benchmark_of, benchmark_root, footage_chunks, holds

Where = Literal["footage", "benchmark"]
WHERE: tuple[Where, ...] = ("footage", "benchmark")
Array = NDArray[np.float32]
Vectors = dict[str, NDArray[np.floating]]
Chunk = TypeVar("Chunk")

MOST_BENCHMARK = 2000  # pictures that stand for the benchmark (methods 3.2 and 7)
STATISTICS = "statistics"  # the key of vectors that need no model
METHOD = 1  # counted up when the same model would give other vectors


@dataclass(frozen=True, slots=True)
class Embedded:
    """One pass over a set. `tensor` is empty where image statistics stand in for a model; `n_done` of `n` have a vector, earlier ones
    included."""

    on: Where
    tensor: str
    n: int
    n_done: int
    resumed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """Embeddings that there are, row by row: `frames` (N, d) of `frame_ids` in the order of the list, `benchmark` (M, d) of the items
    `paths`.

    Vectors of a model have unit length, so the product of two is their cosine; zeros stand for an answer that is not finite. Image
    statistics (`tensor` empty) are in units of their own (methods 5.4): divide them by a spread before comparing.
    """

    tensor: str
    frame_ids: tuple[str, ...]
    frames: Array
    paths: tuple[str, ...]
    benchmark: Array


def embed(
    project: Project, on: Where, progress: Progress, model: StoredModel | None = None, most: int | None = MOST_BENCHMARK,
) -> Embedded:  # fmt: skip
    """Makes every vector that is not kept yet, with the project's newest model where none is given; a broken pass goes on where it was.

    Of a benchmark of more than `most` pictures that many are drawn, always the same. Raises NoFootage, NoBenchmark, PictureUnreadable,
    ModelRejected, Cancelled.
    """
    model = model or project.read(models_table.newest)
    subjects = _frames(project) if on == "footage" else _items(project, most)
    if not subjects:
        raise NoFootage(project.path)
    spec = model_file(project, model) if model else None
    embedder = embedder_for(spec) if spec else None
    key = _key(project, model if embedder else None, on)
    missing = set(subjects) - project.cache.vectors(key, subjects).keys()
    tensor = embedder.tensor if embedder else ""
    keeper = _VectorKeeper(project, key, tensor, len(missing), progress)
    if on == "benchmark":
        chunks = _picture_chunks(project, spec if embedder else None, sorted(missing))
        keeper.run(embed_pictures, chunks)
        made = project.cache.vectors(key, subjects).keys()
        for _, path in (one for chunk in chunks for one in chunk.subjects if one[0] not in made):
            read_picture(Path(path))  # says why, now that all the others are made
    elif model and embedder:
        keeper.run(embed_footage, [chunk for chunk in footage_chunks(project, model, missing) if holds(chunk, missing)])
    else:
        facts = project.read(frames_table.facts)
        project.cache.put_vectors(key, "", {fact.frame_id: fact.statistics for fact in facts if fact.frame_id in missing})
    if model:
        project.cache.put_vectors(_note(model), tensor, {})
    return Embedded(on, tensor, len(subjects), len(project.cache.vectors(key, subjects)), len(missing) < len(subjects))


def embeddings(project: Project, model: StoredModel | None = None, most: int | None = MOST_BENCHMARK) -> Embeddings:
    """The vectors that are kept, those of the newest model where none is given; empty arrays before the first `embed`."""
    model = model or project.read(models_table.newest)
    tensor = (project.cache.vector_source(_note(model)) if model else None) or ""
    source = model if tensor else None
    frame_ids, frames = _stacked(project, _key(project, source, "footage"), _frames(project))
    items = _items(project, most) if project.read(benchmarks_table.get) else []
    paths, benchmark = _stacked(project, _key(project, source, "benchmark"), items)
    return Embeddings(tensor, frame_ids, frames, paths, benchmark)


def benchmark_statistics(project: Project, progress: Progress, most: int = MOST_BENCHMARK) -> tuple[tuple[str, ...], Array]:
    """Paths and (M, 16) image statistics of the benchmark's pictures, or of as many as `most`; what is missing is measured and kept, what
    cannot be read has none. Raises NoBenchmark, Cancelled."""
    key, subjects = _key(project, None, "benchmark"), _items(project, most)
    missing = set(subjects) - project.cache.vectors(key, subjects).keys()
    _VectorKeeper(project, key, "", len(missing), progress).run(embed_pictures, _picture_chunks(project, None, sorted(missing)))
    return _stacked(project, key, subjects)


def run_novelty(project: Project, model: StoredModel | None, progress: Progress) -> dict[str, float]:
    """V of every listed frame by frame id (methods 3.2); what is missing for it is made. Raises as `embed`."""
    for on in reversed(WHERE):  # without a benchmark nothing is begun
        embed(project, on, progress, model)
    found = embeddings(project, model)
    name = "V-" + hashlib.sha256(_key(project, model if found.tensor else None, "benchmark").encode()).hexdigest()[:16]
    sha256 = model.sha256 if model else ""
    measured = (novelty if found.tensor else statistics_novelty)(found.frames, found.benchmark)
    values = dict(zip(found.frame_ids, measured.tolist(), strict=True))
    project.write(lambda db: components_table.put(db, name, sha256, values)).result()
    return project.read(lambda db: components_table.get(db, name, sha256))


def embed_footage(chunk: TriageChunk) -> Vectors:
    """Vectors of every listed frame of the chunk by frame id. Pure."""
    assert chunk.model is not None, "only a model has vectors of its own"
    embedder = embedder_for(chunk.model)
    assert embedder is not None, "a model without vectors has no chunks"
    frames = ((frame_id(chunk.recording_id, one.index), one.rgb) for one in read_chunk(chunk) if not isinstance(one, Skipped))
    return {name: _half(embedder.vectors([rgb])[0]) for name, rgb in frames}


@dataclass(frozen=True, slots=True)
class LookChunk:
    """Picture files to be described by image statistics; `subjects` pairs the name a vector is kept under with the file."""

    subjects: tuple[tuple[str, str], ...]


def embed_pictures(chunk: PictureChunk | LookChunk) -> Vectors:
    """Vectors of every picture of the chunk. Pure. One that cannot be read has none and keeps nobody from the others."""
    embedder = None if isinstance(chunk, LookChunk) else embedder_for(chunk.model)
    assert embedder is not None or isinstance(chunk, LookChunk), "a model without vectors has no chunks"
    found: Vectors = {}
    for subject, path in chunk.subjects:
        with suppress(PictureUnreadable, PathMissing):
            rgb = read_picture(Path(path))
            found[subject] = statistics(rgb) if embedder is None else _half(embedder.vectors([rgb])[0])
    return found


@lru_cache(maxsize=2)
def embedder_for(model: ModelFile) -> Embedder | None:
    """The session that gives a model's vectors, opened once a process and shared by its threads; None where it lends itself to none."""
    return open_embedder(Path(model.path), card_from_json(parse(model.card)), model.threads, model.sha256)


def key_of(model: StoredModel) -> str:
    """The name that a model's vectors are kept under: another card feeds the same file otherwise."""
    return json_key([METHOD, model.sha256, model.card])


class _VectorKeeper:
    """Keeps the vectors of each chunk as they come, and counts the pictures, `n` of which wait."""

    def __init__(self, project: Project, key: str, tensor: str, n: int, progress: Progress) -> None:
        self._project, self._key, self._tensor, self._progress, self._done, self._n = project, key, tensor, progress, 0, n

    def run(self, work: Callable[[Chunk], Vectors], chunks: Sequence[Chunk]) -> None:
        map_chunks(work, chunks, self._keep, self._progress)

    def _keep(self, _chunk: object, found: Vectors) -> None:
        self._project.cache.put_vectors(self._key, self._tensor, found)
        self._done = min(self._done + len(found), self._n)
        self._progress.report(self._done, self._n, "pictures")


def _key(project: Project, model: StoredModel | None, on: Where) -> str:
    """The name that vectors are kept under; those of a benchmark go with the pictures it names."""
    source = key_of(model) if model else STATISTICS
    benchmark = project.read(benchmarks_table.get) if on == "benchmark" else None
    return f"{source} {benchmark_key(benchmark)}" if benchmark else source


def _note(model: StoredModel) -> str:
    """Where it is noted which tensor a model's vectors come from, also when it lends itself to none."""
    return f"of {key_of(model)}"


def _frames(project: Project) -> list[str]:
    return [line.frame.frame_id for line in project.read(lines)]


def _items(project: Project, most: int | None) -> list[str]:
    """The benchmark's pictures in the order of their names, or as many of them as stand for all. Raises NoBenchmark."""
    paths = sorted({item.path for item in benchmark_of(project).items})
    if most is None or len(paths) <= most:
        return paths
    chosen = np.random.default_rng(0).choice(len(paths), most, replace=False)
    return [paths[at] for at in sorted(chosen.tolist())]


def _picture_chunks(project: Project, spec: ModelFile | None, paths: Sequence[str]) -> list[PictureChunk | LookChunk]:
    root = benchmark_root(project, benchmark_of(project))
    named = [(path, str(inside_set(root, path))) for path in paths]
    parts = portions(named)
    return [PictureChunk(spec, part) if spec else LookChunk(part) for part in parts]


def _stacked(project: Project, key: str, subjects: Sequence[str]) -> tuple[tuple[str, ...], Array]:
    found = project.cache.vectors(key, subjects)
    names = tuple(name for name in subjects if name in found)
    return names, np.stack([found[name] for name in names]) if names else np.empty((0, 0), np.float32)


def _half(vector: Array) -> NDArray[np.float16]:
    return vector.astype(np.float16)
