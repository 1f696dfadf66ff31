"""Embeddings of sampled frames and benchmark images, from in front of the last layer of the model
or from image statistics where it has none; and the pictures that look alike by them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import onnx
from numpy.typing import NDArray

from fieldcheck.domain.frame import make_frame_id
from fieldcheck.domain.items import Filter, SavedSlice, make_benchmark_subject
from fieldcheck.domain.model_card import Card, parse_card
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.domain.run import MOST_EMBEDDED, StoredModel
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import CardRejected, ModelRejected
from fieldcheck.files import join_inside_data_set, make_json_key
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_analysis import ModelFile, TriageChunk, read_chunk
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.quality import measure_statistics
from fieldcheck.models.decoders.decoder import get_read_tensors
from fieldcheck.models.onnx_file import check_whole
from fieldcheck.models.onnx_graph import (
    FeatureTensor,
    add_outputs,
    find_feature_tensor,
    find_feature_tensors,
)
from fieldcheck.models.preprocess import preprocess_into
from fieldcheck.models.run import (
    PictureChunk,
    compute_benchmark_key,
    get_benchmark,
    has_missing_frame,
    iter_footage_chunks,
)
from fieldcheck.models.session import OpenModel, open_model
from fieldcheck.models.store import get_card, make_model_file
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as tags_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import values as slices_table
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.stats.similarity import (
    compute_embedding_novelty,
    compute_statistics_novelty,
    find_nearest_vectors,
    normalize_rows,
    project_to_plane,
    scale_by_deviation,
)

# Embeddings: a picture in front of a model's last layer, as one vector: pictures that the model
# takes for alike lie close together.

FloatArray = NDArray[np.float32]
LARGEST = 1 << 30  # bytes of weights inside the file: writing them anew would take twice that
WIDEST = 4096  # features; wider tensors are averaged in groups
MOST_CANDIDATES = 16
SAME = 1e-6  # relative difference from which on a vector tells two pictures apart


@dataclass(frozen=True, slots=True, eq=False)
class Embedder:
    """Gives vectors for one model and card; may be shared by threads."""

    model: OpenModel
    card: Card
    candidate: FeatureTensor

    @property
    def tensor(self) -> str:
        """The name of the tensor the vectors are taken from."""
        return self.candidate.tensor

    def compute_vectors(self, frames: Sequence[NDArray[np.uint8]]) -> FloatArray:
        """(H, W, 3) uint8 RGB frames → (n, d) float32 of unit length; zeros where a figure is not
        finite. Raises ModelRejected."""
        rows = [
            _normalize_vector(vector)
            for vector in _compute_features(self.model, self.card, self.candidate, frames)
        ]
        return np.stack(rows) if rows else np.empty((0, 0), np.float32)


def open_embedder(
    path: Path, card: Card, threads: int | None = None, sha256: str = ""
) -> Embedder | None:
    """The model with the tensor that the card's `embedding` names, else the one found before its
    last layer.

    Of several the one that sees most of the picture at once is taken, then the one with most
    features, then the deepest. None where no tensor tells two pictures apart, or where the file's
    own weights are over a gigabyte. Raises CardRejected where the graph has no tensor of that name,
    and what `open_model` raises.
    """
    check_whole(path)
    if path.stat().st_size > LARGEST:
        return None
    proto = onnx.load(str(path), load_external_data=False)
    outputs = [tensor.name for tensor in proto.graph.output]
    if card.embedding:
        named = find_feature_tensor(proto.graph, card.embedding)
        if named is None:
            raise CardRejected("embedding", "value", card.embedding)
        candidates: tuple[FeatureTensor, ...] = (named,)
    else:
        candidates = find_feature_tensors(proto.graph, get_read_tensors(card, outputs))[
            :MOST_CANDIDATES
        ]
    if not candidates:
        return None
    model = open_model(
        path,
        threads,
        add_outputs(proto, [candidate.tensor for candidate in candidates]),
        sha256=sha256,
    )
    able = [
        (size, candidate)
        for candidate in candidates
        if (size := _rank_candidate(model, card, candidate)) is not None
    ]
    if not able:
        return None
    return Embedder(model, card, min(able, key=lambda pair: pair[0])[1])


def _rank_candidate(
    model: OpenModel, card: Card, candidate: FeatureTensor
) -> tuple[int, int, int, int] | None:
    """How good a candidate is, smaller is better; None where two noise pictures give the same
    vector or none."""
    rng = np.random.default_rng(0)
    height, width = card.input.size
    probes = [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(2)]
    try:
        shape = _get_shape(model, card, candidate)
        features, other = _compute_features(model, card, candidate, probes)
    except ModelRejected as error:
        if error.problem in ("time", "busy"):
            raise  # A run that does not end for this tensor does not end for any other.
        return None
    apart = float(np.abs(features - other).max(initial=0))
    if (
        not np.isfinite(apart)
        or apart <= SAME * float(np.abs(features).max(initial=0))
        or features.size < 2
    ):
        return None
    of_picture = bool(shape) and shape[0] == (model.batch or 1)
    positions = int(np.prod(shape)) // max(
        1, (shape[0] if of_picture else 1) * _get_width(shape, candidate)
    )
    return (0 if of_picture else 1, positions, -features.size, -candidate.depth)


def _get_shape(model: OpenModel, card: Card, candidate: FeatureTensor) -> tuple[int, ...]:
    blank = np.zeros((model.batch or 1, *card.input.shape), np.float32)
    return tuple(model.run({_get_input_name(model, card): blank}, (candidate.tensor,))[0].shape)


def _get_width(shape: tuple[int, ...], candidate: FeatureTensor) -> int:
    return (shape[1] if candidate.channels else shape[-1]) if len(shape) > 1 else 1


def _compute_features(
    model: OpenModel, card: Card, candidate: FeatureTensor, frames: Sequence[NDArray[np.uint8]]
) -> list[FloatArray]:
    """One vector a frame, as long as the tensor has features; a batch that the file fixes is filled
    up with zeros."""
    batch, features = model.batch or 1, list[FloatArray]()
    for first in range(0, len(frames), batch):
        part = frames[first : first + batch]
        tensor = np.zeros((batch, *card.input.shape), np.float32)
        for index, frame in enumerate(part):
            preprocess_into(tensor[index], frame, card.input)
        model_output = model.run({_get_input_name(model, card): tensor}, (candidate.tensor,))[
            0
        ].astype(np.float32)
        pictures = (
            model_output
            if model_output.ndim and len(model_output) == batch
            else model_output[None]
            if batch == 1
            else None
        )
        if pictures is None:
            raise ModelRejected(
                model.path,
                "output_kind",
                f"{candidate.tensor}: {model_output.shape} for {batch} pictures",
            )
        features += [
            _average_pool(pictures[index], candidate.channels) for index in range(len(part))
        ]
    return features


def _get_input_name(model: OpenModel, card: Card) -> str:
    return card.input.name or model.inputs[0].name


def _average_pool(feature: FloatArray, channels: bool) -> FloatArray:
    """The features of one picture, averaged over all places that have them; more than WIDEST in
    equal groups."""
    flat = (
        feature.reshape(1, -1)
        if feature.ndim < 2
        else feature.reshape(feature.shape[0], -1).T
        if channels
        else feature.reshape(-1, feature.shape[-1])
    )
    with np.errstate(all="ignore"):
        vector = flat.mean(axis=0, dtype=np.float64)
    if vector.size > WIDEST:
        edges = np.linspace(0, vector.size, WIDEST + 1).astype(np.int64)
        vector = np.add.reduceat(vector, edges[:-1]) / np.diff(edges)
    return np.asarray(vector, np.float32)


def _normalize_vector(vector: FloatArray) -> FloatArray:
    if not np.isfinite(vector).all():
        return np.zeros_like(vector)
    length = float(np.linalg.norm(vector.astype(np.float64)))
    return (vector / np.float32(length)).astype(np.float32) if length > 0 else vector


Where = Literal["footage", "benchmark"]
WHERE: tuple[Where, ...] = ("footage", "benchmark")
Array = NDArray[np.float32]
Vectors = dict[str, NDArray[np.floating]]
Chunk = TypeVar("Chunk")

STATISTICS = "statistics"  # the key of vectors that need no model
METHOD = 1  # counted up when the same model would give other vectors


@dataclass(frozen=True, slots=True)
class EmbeddingRun:
    """One pass over a set. `tensor` is empty where image statistics stand in for a model; `n_done`
    of `n` have a vector, earlier ones included."""

    on: Where
    tensor: str
    n: int
    n_done: int
    resumed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """Embeddings that there are, row by row: `frames` (N, d) of `frame_ids` in the order of the
    list, `benchmark` (M, d) of the items `paths`.

    Vectors of a model have unit length, so the product of two is their cosine; zeros stand for an
    answer that is not finite. Image statistics (`tensor` empty) are in units of their own (methods
    5.4): divide them by a spread before comparing.
    """

    tensor: str
    frame_ids: tuple[str, ...]
    frames: Array
    paths: tuple[str, ...]
    benchmark: Array


def compute_embeddings(
    project: Project,
    set_name: Where,
    progress: Progress,
    model: StoredModel | None = None,
    most: int | None = MOST_EMBEDDED,
) -> EmbeddingRun:
    """Makes every vector that is not kept yet, with the project's newest model where none is given;
    a broken pass goes on where it was.

    Of a benchmark of more than `most` pictures that many are drawn, always the same. Raises
    NoFootage, NoBenchmark, PictureUnreadable, ModelRejected, Cancelled.
    """
    model = model or project.read(models_table.get_newest_model)
    subjects = (
        _list_frame_ids(project) if set_name == "footage" else _list_benchmark_paths(project, most)
    )
    if not subjects:
        raise NoFootage(project.path)
    spec = make_model_file(project, model) if model and not get_card(model).is_foreign else None
    embedder = get_embedder(spec) if spec else None
    key = _make_set_key(project, model if embedder else None, set_name)
    missing = set(subjects) - project.cache.get_vectors(key, subjects).keys()
    tensor = embedder.tensor if embedder else ""
    keeper = _VectorWriter(project, key, tensor, len(missing), progress)
    if set_name == "benchmark":
        chunks = _make_image_chunks(project, spec if embedder else None, sorted(missing))
        keeper.run_chunks(embed_images, chunks)
        stored = project.cache.get_vectors(key, subjects).keys()
        for _, path in (
            subject for chunk in chunks for subject in chunk.subjects if subject[0] not in stored
        ):
            read_image(Path(path))  # Raises the reason, now that all others are computed.
    elif model and embedder:
        keeper.run_chunks(
            embed_footage,
            [
                chunk
                for chunk in iter_footage_chunks(project, model, missing)
                if has_missing_frame(chunk, missing)
            ],
        )
    else:
        facts = project.read(frames_table.list_frame_facts)
        project.cache.put_vectors(
            key, "", {fact.frame_id: fact.statistics for fact in facts if fact.frame_id in missing}
        )
    if model:
        project.cache.put_vectors(_make_note_key(model), tensor, {})
    return EmbeddingRun(
        set_name,
        tensor,
        len(subjects),
        len(project.cache.get_vectors(key, subjects)),
        len(missing) < len(subjects),
    )


def load_embeddings(
    project: Project, model: StoredModel | None = None, most: int | None = MOST_EMBEDDED
) -> Embeddings:
    """The vectors that are kept, those of the newest model where none is given; empty arrays before
    the first `compute_embeddings`."""
    model = model or project.read(models_table.get_newest_model)
    tensor = (project.cache.get_vector_source(_make_note_key(model)) if model else None) or ""
    source = model if tensor else None
    frame_ids, frames = _load_vectors(
        project, _make_set_key(project, source, "footage"), _list_frame_ids(project)
    )
    items = _list_benchmark_paths(project, most) if project.read(models_table.get_benchmark) else []
    paths, benchmark = _load_vectors(project, _make_set_key(project, source, "benchmark"), items)
    return Embeddings(tensor, frame_ids, frames, paths, benchmark)


def compute_benchmark_statistics(
    project: Project, progress: Progress, most: int = MOST_EMBEDDED
) -> tuple[tuple[str, ...], Array]:
    """Paths and (M, 16) image statistics of the benchmark's pictures, or of as many as `most`; what
    is missing is measured and kept, what cannot be read has none. Raises NoBenchmark, Cancelled."""
    key, subjects = _make_set_key(project, None, "benchmark"), _list_benchmark_paths(project, most)
    missing = set(subjects) - project.cache.get_vectors(key, subjects).keys()
    _VectorWriter(project, key, "", len(missing), progress).run_chunks(
        embed_images, _make_image_chunks(project, None, sorted(missing))
    )
    return _load_vectors(project, key, subjects)


def compute_novelty(
    project: Project, model: StoredModel | None, progress: Progress
) -> dict[str, float]:
    """V of every listed frame by frame id (methods 3.2); what is missing for it is made. Raises as
    `compute_embeddings`."""
    for set_name in reversed(WHERE):  # Nothing is computed without a benchmark.
        compute_embeddings(project, set_name, progress, model)
    embeddings = load_embeddings(project, model)
    name = (
        "V-"
        + hashlib.sha256(
            _make_set_key(project, model if embeddings.tensor else None, "benchmark").encode()
        ).hexdigest()[:16]
    )
    sha256 = model.sha256 if model else ""
    measured = (compute_embedding_novelty if embeddings.tensor else compute_statistics_novelty)(
        embeddings.frames, embeddings.benchmark
    )
    values = dict(zip(embeddings.frame_ids, measured.tolist(), strict=True))
    project.write(lambda db: frames_table.put_component(db, name, sha256, values)).result()
    return project.read(lambda db: frames_table.get_component(db, name, sha256))


def embed_footage(chunk: TriageChunk) -> Vectors:
    """(d,) vectors of every listed frame of the chunk by frame id. Pure."""
    assert chunk.model is not None, "only a model has vectors of its own"
    embedder = get_embedder(chunk.model)
    assert embedder is not None, "a model without vectors has no chunks"
    frames = (
        (make_frame_id(chunk.recording_id, frame.index), frame.rgb)
        for frame in read_chunk(chunk)
        if not isinstance(frame, SkippedFile)
    )
    return {name: _to_half_precision(embedder.compute_vectors([rgb])[0]) for name, rgb in frames}


@dataclass(frozen=True, slots=True)
class ImageStatisticsChunk:
    """Picture files to be described by image statistics; `subjects` pairs the name a vector is kept
    under with the file."""

    subjects: tuple[tuple[str, str], ...]


def embed_images(chunk: PictureChunk | ImageStatisticsChunk) -> Vectors:
    """Compute (d,) vectors of every image of the chunk. Pure. Unreadable images are skipped."""
    embedder = None if isinstance(chunk, ImageStatisticsChunk) else get_embedder(chunk.model)
    assert embedder is not None or isinstance(chunk, ImageStatisticsChunk), (
        "a model without vectors has no chunks"
    )
    vectors: Vectors = {}
    for subject, path in chunk.subjects:
        with suppress(PictureUnreadable, PathMissing):
            rgb = read_image(Path(path))
            vectors[subject] = (
                measure_statistics(rgb)
                if embedder is None
                else _to_half_precision(embedder.compute_vectors([rgb])[0])
            )
    return vectors


@lru_cache(maxsize=2)
def get_embedder(model: ModelFile) -> Embedder | None:
    """Return the session that computes a model's vectors, opened once per process and shared by its
    threads; None where the model has no suitable tensor."""
    return open_embedder(
        Path(model.path), parse_card(parse_json(model.card)), model.threads, model.sha256
    )


def get_vector_key(model: StoredModel) -> str:
    """Key of a model's vectors in the cache; it includes the card, since another card preprocesses
    differently."""
    return make_json_key([METHOD, model.sha256, model.card])


class _VectorWriter:
    """Keeps the vectors of each chunk as they come, and counts the pictures, `n` of which wait."""

    def __init__(self, project: Project, key: str, tensor: str, n: int, progress: Progress) -> None:
        self._project, self._key, self._tensor, self._progress, self._done, self._n = (
            project,
            key,
            tensor,
            progress,
            0,
            n,
        )

    def run_chunks(self, work: Callable[[Chunk], Vectors], chunks: Sequence[Chunk]) -> None:
        map_chunks(work, chunks, self._on_chunk, self._progress)

    def _on_chunk(self, _chunk: object, vectors: Vectors) -> None:
        self._project.cache.put_vectors(self._key, self._tensor, vectors)
        self._done = min(self._done + len(vectors), self._n)
        self._progress.report(self._done, self._n, "pictures")


def _make_set_key(project: Project, model: StoredModel | None, set_name: Where) -> str:
    """The name that vectors are kept under; those of a benchmark go with the pictures it names."""
    source = get_vector_key(model) if model else STATISTICS
    benchmark = project.read(models_table.get_benchmark) if set_name == "benchmark" else None
    return f"{source} {compute_benchmark_key(benchmark)}" if benchmark else source


def _make_note_key(model: StoredModel) -> str:
    """Key of the note that says which tensor a model's vectors come from, also where it has no
    suitable one."""
    return f"of {get_vector_key(model)}"


def _list_frame_ids(project: Project) -> list[str]:
    return [line.frame.frame_id for line in project.read(list_sampling_lines)]


def _list_benchmark_paths(project: Project, most: int | None) -> list[str]:
    """The benchmark's pictures in the order of their names, or as many of them as stand for all.
    Raises NoBenchmark."""
    paths = sorted({item.path for item in get_benchmark(project).items})
    if most is None or len(paths) <= most:
        return paths
    chosen = np.random.default_rng(0).choice(len(paths), most, replace=False)
    return [paths[index] for index in sorted(chosen.tolist())]


def _make_image_chunks(
    project: Project, spec: ModelFile | None, paths: Sequence[str]
) -> list[PictureChunk | ImageStatisticsChunk]:
    root = get_benchmark_root(project, get_benchmark(project))
    named = [(path, str(join_inside_data_set(root, path))) for path in paths]
    parts = split_into_chunks(named)
    return [PictureChunk(spec, part) if spec else ImageStatisticsChunk(part) for part in parts]


def _load_vectors(
    project: Project, key: str, subjects: Sequence[str]
) -> tuple[tuple[str, ...], Array]:
    vectors = project.cache.get_vectors(key, subjects)
    names = tuple(name for name in subjects if name in vectors)
    return names, np.stack([vectors[name] for name in names]) if names else np.empty(
        (0, 0), np.float32
    )


def _to_half_precision(vector: Array) -> NDArray[np.float16]:
    return vector.astype(np.float16)


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
