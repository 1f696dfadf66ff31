"""One pass over footage: what each listed frame looks like, and what the model says of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.frame import Frame, FrameFacts, ListedFrame, make_frame_id
from fieldcheck.domain.model_card import InputSpec, parse_card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import Kind, SkippedFile
from fieldcheck.domain.run import CPU, PROVIDER_NAMES
from fieldcheck.footage.image_folder import list_weight_files, read_images
from fieldcheck.footage.recording_container import RecordedFootage
from fieldcheck.footage.video.reader import VideoReader
from fieldcheck.imaging.codec import compute_pixels_sha256
from fieldcheck.imaging.masks import pack_masks
from fieldcheck.imaging.quality import analyse_image
from fieldcheck.models.providers import FUNCTIONS, FunctionRunner, ModelRunner, PendingFrames
from fieldcheck.models.session import open_model
from fieldcheck.parallel import ChunkFile
from fieldcheck.progress import CancelToken, get_cancel_token, time_items, time_stage
from fieldcheck.safe_json_yaml import parse_json


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model as a chunk refers to it, by value, so that another process can open it. `threads`:
    number of threads per session; `provider`: a code of `domain.run`."""

    path: str
    sha256: str
    card: str
    threads: int = 1
    provider: str = CPU

    def list_files(self) -> tuple[ChunkFile, ...]:
        """The model and the files that it keeps its weights in."""
        return _list_model_files(self.path)


@lru_cache(maxsize=4)
def _list_model_files(path: str) -> tuple[ChunkFile, ...]:
    paths = (path, *map(str, list_weight_files(Path(path))))
    return tuple(ChunkFile(name, stays=True) for name in paths)


@dataclass(frozen=True, slots=True)
class TriageChunk:
    """A stretch of one recording: source indices `first` to before `stop`. `names`: a folder's
    images in that stretch; `only` (videos): rising indices to read instead of all listed ones;
    `is_promise_enough` (videos): who stores the rows proves the index afterwards.
    `model` is None where the project has none yet."""

    number: int
    path: str
    kind: Kind
    recording_id: str
    source: str
    list_fps: float
    first: int
    stop: int
    names: tuple[str, ...] = ()
    model: ModelFile | None = None
    only: tuple[int, ...] = ()
    is_promise_enough: bool = False

    def list_files(self) -> tuple[ChunkFile, ...]:
        """The model, and the pictures of the stretch or the whole recording."""
        model = self.model.list_files() if self.model else ()
        if self.kind == "folder":
            return (*model, *(ChunkFile(f"{self.path}/{name}", stays=False) for name in self.names))
        if self.kind == "video":
            return (*model, ChunkFile(self.path, stays=True))
        parts = sorted(path for path in Path(self.path).iterdir() if path.is_file())
        return (*model, *(ChunkFile(str(path), stays=True) for path in parts))


@dataclass(frozen=True, slots=True)
class TriageRows:
    """Rows of one chunk. `looks`: (n, 90, 160) uint8 luma; `ended_at`: number of readable source
    frames where the end was reached."""

    frames: tuple[ListedFrame, ...]
    facts: tuple[FrameFacts, ...]
    thumbnails: tuple[bytes, ...]
    looks: NDArray[np.uint8]
    predictions: tuple[Prediction, ...]
    skipped: tuple[SkippedFile, ...]
    ended_at: int | None
    n_unreadable: int


def analyse_frames(chunk: TriageChunk) -> TriageRows:
    """Reads, measures and predicts every listed frame of the chunk. Pure: the same footage and
    model give the same rows."""
    frames: list[ListedFrame] = []
    facts: list[FrameFacts] = []
    thumbnails: list[bytes] = []
    looks: list[NDArray[np.uint8]] = []
    skipped: list[SkippedFile] = []
    answers = BatchPredictor(chunk.model)
    for frame in read_chunk(chunk):
        if isinstance(frame, SkippedFile):
            skipped.append(frame)
            continue
        name = make_frame_id(chunk.recording_id, frame.index)
        with time_stage("measure_frames"):
            image_analysis = analyse_image(frame.rgb)
        height, width = frame.rgb.shape[:2]
        source = f"{chunk.source}/{frame.source}" if frame.source else chunk.source
        frames.append(
            ListedFrame(
                frame_id=name,
                recording_id=chunk.recording_id,
                source_index=frame.index,
                t_s=frame.t_s,
                source=source,
                width=width,
                height=height,
                sha256=compute_pixels_sha256(frame.rgb),
            )
        )
        facts.append(
            FrameFacts(
                name,
                image_analysis.quality,
                image_analysis.dhash,
                image_analysis.phash,
                image_analysis.statistics,
            )
        )
        thumbnails.append(image_analysis.thumbnail)
        looks.append(image_analysis.look)
        answers.add_image(name, frame.rgb)
    ended_at, n_unreadable = _find_end(chunk)
    stack = np.stack(looks) if looks else np.empty((0, 90, 160), np.uint8)
    return TriageRows(
        tuple(frames),
        tuple(facts),
        tuple(thumbnails),
        stack,
        answers.get_predictions(),
        tuple(skipped),
        ended_at,
        n_unreadable + len(skipped),
    )


# Another thread waits for this session instead of opening a second one.
_opening = threading.Lock()


def get_shared_runner(model: ModelFile) -> ModelRunner:
    """The session of a model, opened once per process and shared by its threads."""
    with _opening:
        return get_thread_runner(model)


# what a model was measured to take at once, wherever it lies: once a process
_batches = dict[ModelFile, int]()


@lru_cache(maxsize=4)
def get_thread_runner(model: ModelFile) -> ModelRunner:
    """A runner for one thread at a time. Raises ModelRejected, `changed` where the file is not the
    one whose predictions are stored."""
    if model.sha256 in FUNCTIONS:
        card = parse_card(parse_json(model.card))
        return FunctionRunner(Path(model.path), card, FUNCTIONS[model.sha256])
    opened = open_model(
        Path(model.path),
        threads=model.threads,
        provider=PROVIDER_NAMES[model.provider],
        sha256=model.sha256,
    )
    wherever = replace(model, path="")
    card = parse_card(parse_json(model.card))
    model_runner = ModelRunner(opened, card, _batches.get(wherever))
    _batches[wherever] = model_runner.batch_size
    return model_runner


class BatchPredictor:
    """Predicts frames a few at a time, as they arrive. `with_masks`: also return the masks of
    models that are judged by points; `spec`: preprocessing to use instead of the card's."""

    def __init__(
        self, model: ModelFile | None, *, with_masks: bool = False, spec: InputSpec | None = None
    ) -> None:
        runner = get_shared_runner(model) if model else None
        if runner is not None and spec is not None:
            runner = runner.with_input(spec)
        self._waiting = runner.start_frames() if runner else None
        self._with_masks = with_masks and runner is not None and runner.card.answers.keeps_masks
        self._names: list[tuple[str, str]] = []
        self._predictions: list[Prediction] = []

    def add_image(self, name: str, rgb: NDArray[np.uint8], sha256: str = "") -> None:
        """Adds a frame, (H, W, 3) uint8 RGB; `sha256` is returned with its prediction."""
        if self._waiting is None:
            return
        self._names.append((name, sha256))
        self._waiting.add(rgb)
        if self._waiting.is_full:
            self._run_batch(self._waiting)

    def get_predictions(self) -> tuple[Prediction, ...]:
        """The predictions, one per frame, in the order they were added."""
        if self._waiting is not None:
            self._run_batch(self._waiting)
        return tuple(self._predictions)

    def _run_batch(self, waiting: PendingFrames) -> None:
        for (name, sha256), inference_result in zip(
            self._names, waiting.predict_all(), strict=True
        ):
            self._predictions.append(
                Prediction(
                    name,
                    inference_result.answer,
                    inference_result.nan,
                    pack_masks(inference_result.masks) if self._with_masks else b"",
                    sha256,
                )
            )
        self._names = []


_open = threading.local()


def _get_reader(chunk: TriageChunk) -> VideoReader | RecordedFootage:
    """This thread's reader, kept open from chunk to chunk: neighbouring chunks then go on without a
    seek."""
    key = (chunk.path, chunk.list_fps, chunk.is_promise_enough)
    if getattr(_open, "key", None) != key:
        close_reader()
        path = Path(chunk.path)
        if chunk.kind == "capture":
            _open.reader = RecordedFootage(path, chunk.list_fps)
        else:
            _open.reader = VideoReader(path, chunk.list_fps, chunk.is_promise_enough)
        _open.key = key
    reader: VideoReader | RecordedFootage = _open.reader
    return reader


def close_reader() -> None:
    """Closes the file that this thread read last."""
    reader = getattr(_open, "reader", None)
    if reader is not None:
        reader.close()
        del _open.reader, _open.key


def read_chunk(chunk: TriageChunk) -> Iterator[Frame | SkippedFile]:
    """The listed frames of the chunk in order, and the images that could not be read.

    Raises Cancelled between frames when the flag of this thread's work is raised: a chunk takes
    seconds."""
    flag = get_cancel_token() or CancelToken()
    if chunk.kind == "folder":
        images = read_images(Path(chunk.path), chunk.names, chunk.first)
    else:
        reader = _get_reader(chunk)
        if chunk.only and isinstance(reader, VideoReader):
            images = reader.read_frames_at(chunk.only, chunk.first, chunk.stop)
        else:
            images = reader.read_listed(chunk.first, chunk.stop)
    for frame in time_items("read_footage", images):
        flag.check()
        yield frame


def _find_end(chunk: TriageChunk) -> tuple[int | None, int]:
    if chunk.kind == "folder":
        return None, 0
    reader = _get_reader(chunk)
    return reader.ended_at, reader.n_unreadable
