"""Runs of a model over picks, sampling list or benchmark: one code path, resumable by subject;
unreadable images are named and not counted."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.frame import make_frame_id
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.label import Benchmark
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.domain.run import On, Run, StoredModel
from fieldcheck.errors.files import FieldcheckError, FolderGone, PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NoBenchmark, NoFootage, NothingPicked
from fieldcheck.files import (
    ELSEWHERE,
    GONE,
    find_path_problem,
    join_inside,
    join_inside_data_set,
    make_json_key,
    sha256_file,
    shorten_path,
    sync_folder,
)
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile, TriageChunk, read_chunk
from fieldcheck.footage.frame_listing import plan_recording_chunks
from fieldcheck.footage.frame_pixels import find_changed_among
from fieldcheck.footage.image_folder import list_images
from fieldcheck.imaging.codec import read_image, read_image_and_hash
from fieldcheck.models.predictions_file import inspect_predictions, load_given_answers
from fieldcheck.models.providers import check_set_provider, get_provider, insert_run
from fieldcheck.models.store import get_card, make_model_file, make_run, set_model
from fieldcheck.parallel import ChunkFile, map_chunks, split_into_chunks
from fieldcheck.progress import Progress, WarningSink
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import runs as runs_table

# Unreadable pictures: each is named and left out of what is counted, and none keeps the others from
# their answers.

UNREADABLE = (PictureUnreadable, PathMissing)


def find_readable(files: Sequence[str], progress: Progress) -> NDArray[np.bool_]:
    """(n,) whether each picture can be read. Who shows the progress is told of each that cannot.
    Raises Cancelled, FolderGone."""
    why: dict[str, Exception] = {}
    map_chunks(
        _find_read_errors,
        split_into_chunks(files),
        lambda _some, errors: why.update(errors),
        progress,
    )
    if isinstance(progress, WarningSink):
        for folder in sorted({Path(file).parent for file in why}):
            if _is_folder_gone(folder):
                raise FolderGone(folder)
        for file in sorted(why):
            progress.warn(why[file])
    return np.array([file not in why for file in files], dtype=np.bool_)


def _is_folder_gone(folder: Path) -> bool:
    """Whether a folder is moved away, or the disk under it answers no more: then not one picture is
    at fault."""
    if not folder.is_dir():
        return True
    try:
        sync_folder(folder)
    except OSError as error:
        return error.errno in GONE
    return False


def is_none_readable(files: Iterable[str]) -> bool:
    """Whether not one of the pictures can be read; looks no further than the first that can."""
    return all(_find_read_errors((file,)) for file in files)


def _find_read_errors(files: tuple[str, ...]) -> dict[str, Exception]:
    errors: dict[str, Exception] = {}
    for file in files:
        try:
            read_image(Path(file))
        except UNREADABLE as error:
            errors[file] = error
    return errors


PACKED_ROOT = re.compile(rf"{ELSEWHERE}([0-9a-f]{{16}})/.*")


@dataclass(frozen=True, slots=True)
class RunResult:
    """Result of a run. `n_done` counts answers stored now, earlier ones included; `resumed`: some
    were there before; `providers`: where they were computed; `left_out`: picks whose saved frame
    was changed since it was stored, which the model was not asked about, and pictures that cannot
    be read; `renewed`: pictures of the benchmark that were answered again, since others lie in
    their places."""

    run: Run
    model: str
    n: int
    n_done: int
    n_nan: int
    resumed: bool
    seconds: float
    providers: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureChunk:
    """Picture files to answer; `subjects` pairs the name an answer is stored under with the file;
    `hashed`: those files are no frames of the project, so that their hashes are kept with the
    answers."""

    model: ModelFile
    subjects: tuple[tuple[str, str], ...]
    hashed: bool = False

    def list_files(self) -> tuple[ChunkFile, ...]:
        """The model and the pictures."""
        pictures = (ChunkFile(file, stays=False) for _, file in self.subjects)
        return (*self.model.list_files(), *pictures)


def predict_images(chunk: PictureChunk) -> tuple[Prediction, ...]:
    """The model's prediction for every image of the chunk, with masks where it is judged by points.
    Pure. An unreadable image has no prediction and does not stop the others."""
    answers = BatchPredictor(chunk.model, with_masks=True)
    for subject, path in chunk.subjects:
        with suppress(PictureUnreadable, PathMissing):
            answers.add_image(subject, *read_image_and_hash(Path(path), chunk.hashed))
    return answers.get_predictions()


OWN_RATE = "own_rate"  # the recipe of runs over every frame of clips, not over the listed ones
EVERY_FRAME = 1e6  # frames a second of a list that leaves none out


def make_own_rate_run(model: StoredModel, subjects: str, now: str = "") -> Run:
    """The run of a model over every frame of stretches of footage; `subjects`: what for."""
    return make_run(model, "footage", subjects, 0, now, OWN_RATE)


def predict_footage(chunk: TriageChunk) -> tuple[Prediction, ...]:
    """The model's answer to every listed frame of the chunk. Pure."""
    answers = BatchPredictor(chunk.model)
    for frame in read_chunk(chunk):
        if not isinstance(frame, SkippedFile):
            answers.add_image(make_frame_id(chunk.recording_id, frame.index), frame.rgb)
    return answers.get_predictions()


def run_on_set(
    project: Project, model: StoredModel, set_name: On, progress: Progress, now: str
) -> RunResult:
    """Every answer that is not stored yet. A picture that cannot be read is left out; where none
    can, PictureUnreadable or PathMissing is raised. Raises NoFootage, NothingPicked, NoBenchmark,
    Cancelled."""
    if get_card(model).is_file:
        return _store_given_answers(project, model, set_name, progress, now)
    if set_name == "footage":
        return run_footage(project, model, progress, now)
    subjects, key = (
        _list_picked_images(project) if set_name == "field" else _list_benchmark_images(project)
    )
    changed = (
        find_changed_among(project, project.read(picks_table.list_picks), progress)
        if set_name == "field"
        else frozenset()
    )
    sound = [subject for subject in subjects if subject[0] not in changed]
    check_set_provider(project, model, [file for _, file in sound], progress, now)
    run = make_run(model, set_name, key, len(subjects), now)
    ran = _run_images(project, model, run, sound, progress)
    return replace(
        ran, left_out=(*(name for name, _ in subjects if name in changed), *ran.left_out)
    )


def run_benchmark_part(
    project: Project, model: StoredModel, paths: Collection[str], progress: Progress, now: str
) -> RunResult:  # fmt: skip
    """The answers to some pictures of the benchmark, kept where a run over all of it finds them.
    Raises NoBenchmark, PictureUnreadable."""
    if get_card(model).is_file:
        return _store_given_answers(project, model, "benchmark", progress, now)
    subjects, key = _list_benchmark_images(project)
    check_set_provider(project, model, [file for _, file in subjects], progress, now)
    run = make_run(model, "benchmark", key, len(subjects), now)
    return _run_images(
        project, model, run, [subject for subject in subjects if subject[0] in paths], progress
    )


def run_footage(project: Project, model: StoredModel, progress: Progress, now: str) -> RunResult:
    """The whole sampling list: what the import has answered already is not read again."""
    began = time.monotonic()
    if get_card(model).is_file:
        return _store_given_answers(project, model, "footage", progress, now)
    check_set_provider(project, model, (), progress, now)
    wanted = [
        line.frame for line in project.read(lambda db: list_sampling_lines(db, with_frozen=True))
    ]
    if not wanted:
        raise NoFootage(project.path)
    run = make_run(model, "footage", "footage", 0, now)
    before = project.read(lambda db: runs_table.get_predicted_subjects(db, run.run_id))
    missing = {frame.frame_id for frame in wanted} - before
    chunks = [
        chunk
        for chunk in iter_footage_chunks(project, model, missing)
        if has_missing_frame(chunk, missing)
    ]
    keeper = _PredictionWriter(project, run, get_provider(project, model), len(missing), progress)
    map_chunks(predict_footage, chunks, keeper.on_chunk, progress)
    return _make_run_result(
        project, model, run, {frame.frame_id for frame in wanted}, before, began
    )


def add_predictions(
    project: Project,
    path: Path,
    card: Path | None,
    classes: Path | None,
    progress: Progress,
    now: str,
) -> StoredModel:
    """Makes a predictions file the project's newest model, and stores its answers to the picked
    frames, the footage and the benchmark. Raises as `inspect_predictions`."""
    model = set_model(project, inspect_predictions(project, path, card, classes), now)
    there: list[tuple[On, object]] = [
        ("field", project.read(picks_table.list_picks)),
        ("footage", project.read(list_sampling_lines)),
        ("benchmark", project.read(benchmarks_table.get_benchmark)),
    ]
    for set_name, has_any in there:
        if has_any:
            _store_given_answers(project, model, set_name, progress, now)
    return model


def _store_given_answers(
    project: Project, model: StoredModel, set_name: On, progress: Progress, now: str
) -> RunResult:
    """The answers that the model's predictions file holds for a set, those that are not stored yet.
    Pictures of the benchmark are taken to be those that were predicted, and their hashes kept.
    Raises as `run_on_set`, and as `load_given_answers`."""
    began = time.monotonic()
    given_answers = load_given_answers(project, model)
    answers = given_answers.benchmark if set_name == "benchmark" else given_answers.frames
    if set_name == "footage":
        lines = project.read(lambda db: list_sampling_lines(db, with_frozen=True))
        subjects, key, n = [(line.frame.frame_id, "") for line in lines], "footage", 0
        if not subjects:
            raise NoFootage(project.path)
    else:
        subjects, key = (
            _list_picked_images(project) if set_name == "field" else _list_benchmark_images(project)
        )
        n = len(subjects)
    run = make_run(model, set_name, key, n, now)
    project.write(lambda db: runs_table.put_run(db, run)).result()
    before = project.read(lambda db: runs_table.get_predicted_subjects(db, run.run_id))
    missing = [(name, file) for name, file in subjects if name in answers and name not in before]
    for some in split_into_chunks(missing):
        progress.check()
        predictions = [
            Prediction(
                name,
                answers[name],
                masks=given_answers.masks.get(name, b"") if set_name != "footage" else b"",
                picture=_hash_if_readable(Path(file)) if set_name == "benchmark" else "",
            )
            for name, file in some
        ]
        project.write(partial(_insert_given, run.run_id, predictions)).result()
    return _make_run_result(project, model, run, {name for name, _ in subjects}, before, began)


def _insert_given(run_id: str, predictions: Sequence[Prediction], db: Database) -> None:
    runs_table.insert_predictions(db, run_id, predictions)


def _hash_if_readable(path: Path) -> str:
    """SHA-256 of a file, empty for one that is gone or cannot be read."""
    try:
        return sha256_file(path)
    except (OSError, FieldcheckError):
        return ""  # told by whoever shows the picture


def compute_benchmark_key(benchmark: Benchmark) -> str:
    """The hash of what is asked: the pictures by name. Their labels do not change the answers. One
    out of a pack has it in its root."""
    if match := PACKED_ROOT.fullmatch(benchmark.root):
        return match[1]
    return make_json_key([benchmark.root, sorted(item.path for item in benchmark.items)])


def get_packed_root(benchmark: Benchmark) -> str:
    """The root of a benchmark where it names no folder of this computer: answers that were kept for
    it are found by it elsewhere."""
    root = benchmark.root
    return (
        shorten_path(root, compute_benchmark_key(benchmark))
        if find_path_problem(root) == "absolute"
        else root
    )


def compute_picks_key(frame_ids: Sequence[str]) -> str:
    """The hash of a set of picked frames."""
    return make_json_key(sorted(frame_ids))


def get_benchmark(project: Project) -> Benchmark:
    """The project's benchmark. Raises NoBenchmark."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        raise NoBenchmark(project.path)
    return benchmark


def _list_picked_images(project: Project) -> tuple[list[tuple[str, str]], str]:
    picks = [pick for pick in project.read(picks_table.list_picks) if not pick.taken_out]
    if not picks:
        raise NothingPicked(project.path)
    return [
        (pick.frame_id, str(join_inside(project.path, pick.file))) for pick in picks
    ], compute_picks_key([pick.frame_id for pick in picks])


def _list_benchmark_images(project: Project) -> tuple[list[tuple[str, str]], str]:
    benchmark = get_benchmark(project)
    root = get_benchmark_root(project, benchmark)
    return [
        (item.path, str(join_inside_data_set(root, item.path))) for item in benchmark.items
    ], compute_benchmark_key(benchmark)


def _run_images(
    project: Project,
    model: StoredModel,
    run: Run,
    subjects: list[tuple[str, str]],
    progress: Progress,
) -> RunResult:
    began = time.monotonic()
    # answers of versions that kept no masks are made anew
    keeps_masks = get_card(model).answers.keeps_masks
    get_answered = (
        runs_table.get_masked_subjects if keeps_masks else runs_table.get_predicted_subjects
    )
    renewed = _remove_changed_predictions(project, run, subjects) if run.on == "benchmark" else ()
    before = project.read(lambda db: get_answered(db, run.run_id))
    missing = [subject for subject in subjects if subject[0] not in before]
    spec = make_model_file(project, model)
    chunks = [
        PictureChunk(spec, some, hashed=run.on == "benchmark")
        for some in split_into_chunks(missing)
    ]
    keeper = _PredictionWriter(project, run, spec.provider, len(missing), progress)
    map_chunks(predict_images, chunks, keeper.on_chunk, progress)
    answered = project.read(lambda db: get_answered(db, run.run_id))
    unread = [missing_image for missing_image in missing if missing_image[0] not in answered]
    _check_any_readable(project, run.on, unread, bool(answered))
    run_result = _make_run_result(
        project, model, run, {name for name, _ in subjects}, before, began
    )
    return replace(run_result, left_out=tuple(name for name, _ in unread), renewed=renewed)


def _remove_changed_predictions(
    project: Project, run: Run, subjects: list[tuple[str, str]]
) -> tuple[str, ...]:
    """Pictures of the benchmark that are others than those which the model was shown: what it
    answered, and what was made of them, is taken out."""
    asked_subjects = project.read(lambda db: runs_table.get_asked_of_run(db, run.run_id))
    changed = tuple(
        name
        for name, file in subjects
        if name in asked_subjects and is_changed_file(Path(file), asked_subjects[name])
    )
    if changed:
        project.write(
            lambda db: runs_table.remove_predictions(db, run.model_sha256, run.card_sha256, changed)
        ).result()
        project.cache.remove_subjects(changed, [make_benchmark_subject(name) for name in changed])
    return changed


def is_changed_file(path: Path, sha256: str) -> bool:
    """Whether a picture file holds other bytes; no for one that is gone or cannot be read."""
    try:
        return sha256_file(path) != sha256
    except (OSError, FieldcheckError):
        return False  # one that is gone or cannot be read is told by whoever asks for it


def report_unreadable(project: Project, ran: RunResult, progress: Progress) -> None:
    """Reports unreadable benchmark images to the progress display. Raises Cancelled, FolderGone."""
    if ran.run.on == "benchmark" and ran.left_out:
        files = dict(_list_benchmark_images(project)[0])
        find_readable([files[name] for name in ran.left_out], progress)


def _check_any_readable(
    project: Project, set_name: str, unread: list[tuple[str, str]], goes_on: bool
) -> None:
    """Unreadable pictures stop nobody, now that all the others are answered; where there are no
    others, the first is refused."""
    benchmark = (
        project.read(benchmarks_table.get_benchmark) if unread and set_name == "benchmark" else None
    )
    if benchmark is not None and not get_benchmark_root(project, benchmark).is_dir():
        raise PathMissing(get_benchmark_root(project, benchmark))
    if unread and not goes_on:
        read_image(Path(unread[0][1]))


class _PredictionWriter:
    """Stores the answers of each chunk as they come, and counts the pictures, `n` of which wait."""

    def __init__(
        self, project: Project, run: Run, provider: str, n: int, progress: Progress
    ) -> None:
        self._project, self._run, self._n, self._progress, self._done = project, run, n, progress, 0
        if n:
            project.write(lambda db: insert_run(db, run, provider)).result()
        else:
            project.write(lambda db: runs_table.put_run(db, run)).result()

    def on_chunk(self, _chunk: object, predictions: tuple[Prediction, ...]) -> None:
        self._project.write(
            lambda db: runs_table.insert_predictions(db, self._run.run_id, predictions)
        ).result()
        # a stretch of footage may hold some that were answered before
        self._done = min(self._done + len(predictions), self._n)
        self._progress.report(self._done, self._n, self._run.on)


def iter_footage_chunks(
    project: Project, model: StoredModel, frame_ids: set[str]
) -> Iterator[TriageChunk]:
    """The chunks of every recording that one of the frames belongs to."""
    recording_ids = {name.rsplit("-", 1)[0] for name in frame_ids}
    for recording in project.read(recordings_table.list_recordings):
        if recording.recording_id in recording_ids:
            names = list_images(project.path / recording.path) if recording.kind == "folder" else ()
            yield from plan_recording_chunks(project, recording, names, model)


def has_missing_frame(chunk: TriageChunk, missing: set[str]) -> bool:
    """Whether one of the missing frames lies in the chunk."""
    return any(_iter_is_missing(chunk, missing))


def count_missing_frames(chunk: TriageChunk, missing: set[str]) -> int:
    """How many of the missing frames lie in the chunk."""
    return sum(_iter_is_missing(chunk, missing))


def _iter_is_missing(chunk: TriageChunk, missing: set[str]) -> Iterator[bool]:
    head = f"{chunk.recording_id}-"
    return (
        name.startswith(head) and chunk.first <= int(name.removeprefix(head)) < chunk.stop
        for name in missing
    )


def _make_run_result(
    project: Project,
    model: StoredModel,
    run: Run,
    subjects: set[str],
    before: Collection[str],
    began: float,
) -> RunResult:
    """Counted over what was asked: a footage run also holds answers to recordings whose import was
    broken off."""
    stored = project.read(lambda db: runs_table.get_nan_flags(db, run.run_id))
    nan_flags = [nan for subject, nan in stored.items() if subject in subjects]
    providers = project.read(lambda db: runs_table.get_run_providers(db, run.run_id))
    return RunResult(
        run,
        model.name,
        len(subjects),
        len(nan_flags),
        sum(nan_flags),
        not subjects.isdisjoint(before),
        time.monotonic() - began,
        providers,
    )
