"""The model over the field's picks, the whole list or the benchmark: the same code path on every side, resumable by subject."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from fieldcheck.capture.picture_folder import list_pictures
from fieldcheck.domain.benchmark import Benchmark
from fieldcheck.domain.frame import frame_id
from fieldcheck.domain.items import benchmark_subject
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import Skipped
from fieldcheck.domain.run import On, Run, StoredModel
from fieldcheck.errors import FieldcheckError, NoBenchmark, NoFootage, NothingPicked, PathMissing, PictureUnreadable
from fieldcheck.files import ELSEWHERE, elsewhere, inside, inside_set, json_key, leads_elsewhere, sha256_file
from fieldcheck.imaging.codec import read_hashed, read_picture
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.layout import BENCHMARK
from fieldcheck.project.tables import asked_pictures as asked_table
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import masks as masks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import run_providers as providers_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.chunks import map_chunks, portions
from fieldcheck.workflows.footage.list_frames import plan_chunks
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.footage.saved_frames import changed_among
from fieldcheck.workflows.footage.triage import ModelFile, TriageChunk, TriageModel, read_chunk
from fieldcheck.workflows.models._settle_provider import settle_provider
from fieldcheck.workflows.models.models import card_of, model_file, run_of
from fieldcheck.workflows.models.provider import note_run, provider_for
from fieldcheck.workflows.models.unreadable_pictures import readable

PACKED_ROOT = re.compile(rf"{ELSEWHERE}([0-9a-f]{{16}})/.*")


@dataclass(frozen=True, slots=True)
class Ran:
    """Result of a run. `n_done` counts answers stored now, earlier ones included; `resumed`: some were there before; `providers`: where
    they were computed; `left_out`: picks whose saved frame was changed since it was stored, which the model was not asked about, and
    pictures that cannot be read; `renewed`: pictures of the benchmark that were answered again, since others lie in their places."""

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
    """Picture files to answer; `subjects` pairs the name an answer is stored under with the file; `hashed`: those files are no frames
    of the project, so that their hashes are kept with the answers."""

    model: ModelFile
    subjects: tuple[tuple[str, str], ...]
    hashed: bool = False


def answer_pictures(chunk: PictureChunk) -> tuple[Prediction, ...]:
    """The model's answer to every picture of the chunk, with its masks where points are held to them. Pure. One that cannot be
    read has no answer and keeps nobody from the others."""
    answers = TriageModel(chunk.model, with_masks=True)
    for subject, path in chunk.subjects:
        with suppress(PictureUnreadable, PathMissing):
            answers.add(subject, *read_hashed(Path(path), chunk.hashed))
    return answers.done()


def answer_footage(chunk: TriageChunk) -> tuple[Prediction, ...]:
    """The model's answer to every listed frame of the chunk. Pure."""
    answers = TriageModel(chunk.model)
    for frame in read_chunk(chunk):
        if not isinstance(frame, Skipped):
            answers.add(frame_id(chunk.recording_id, frame.index), frame.rgb)
    return answers.done()


def run_on(project: Project, model: StoredModel, on: On, progress: Progress, now: str) -> Ran:
    """Every answer that is not stored yet. A picture that cannot be read is left out; where none can, PictureUnreadable or
    PathMissing is raised. Raises NoFootage, NothingPicked, NoBenchmark, Cancelled."""
    if on == "footage":
        return run_footage(project, model, progress, now)
    subjects, key = _picked(project) if on == "field" else _benchmark(project)
    changed = changed_among(project, project.read(picks_table.all), progress) if on == "field" else frozenset()
    sound = [one for one in subjects if one[0] not in changed]
    settle_provider(project, model, [file for _, file in sound], progress, now)
    run = run_of(model, on, key, len(subjects), now)
    ran = _run_pictures(project, model, run, sound, progress)
    return replace(ran, left_out=(*(name for name, _ in subjects if name in changed), *ran.left_out))


def run_part(
    project: Project, model: StoredModel, paths: Collection[str], progress: Progress, now: str
) -> Ran:  # fmt: skip
    """The answers to some pictures of the benchmark, kept where a run over all of it finds them. Raises NoBenchmark, PictureUnreadable."""
    subjects, key = _benchmark(project)
    settle_provider(project, model, [file for _, file in subjects], progress, now)
    run = run_of(model, "benchmark", key, len(subjects), now)
    return _run_pictures(project, model, run, [one for one in subjects if one[0] in paths], progress)


def run_footage(project: Project, model: StoredModel, progress: Progress, now: str) -> Ran:
    """The whole sampling list: what the import has answered already is not read again."""
    began = time.monotonic()
    settle_provider(project, model, (), progress, now)
    wanted = [line.frame for line in project.read(lambda db: lines(db, with_frozen=True))]
    if not wanted:
        raise NoFootage(project.path)
    run = run_of(model, "footage", "footage", 0, now)
    before = project.read(lambda db: predictions_table.subjects(db, run.run_id))
    missing = {frame.frame_id for frame in wanted} - before
    chunks = [chunk for chunk in footage_chunks(project, model, missing) if holds(chunk, missing)]
    keeper = _PredictionKeeper(project, run, provider_for(project, model), len(missing), progress)
    map_chunks(answer_footage, chunks, keeper.keep, progress)
    return _ran(project, model, run, {frame.frame_id for frame in wanted}, before, began)


def benchmark_key(benchmark: Benchmark) -> str:
    """The hash of what is asked: the pictures by name. Their labels do not change the answers. One out of a pack
    has it in its root."""
    if told := PACKED_ROOT.fullmatch(benchmark.root):
        return told[1]
    return json_key([benchmark.root, sorted(item.path for item in benchmark.items)])


def packed_root(benchmark: Benchmark) -> str:
    """The root of a benchmark where it names no folder of this computer: answers that were kept for it are found by it elsewhere."""
    root = benchmark.root
    return elsewhere(root, benchmark_key(benchmark)) if leads_elsewhere(root) == "absolute" else root


def picks_key(frame_ids: Sequence[str]) -> str:
    """The hash of a set of picked frames."""
    return json_key(sorted(frame_ids))


def benchmark_of(project: Project) -> Benchmark:
    """The project's benchmark. Raises NoBenchmark."""
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None:
        raise NoBenchmark(project.path)
    return benchmark


def benchmark_root(project: Project, benchmark: Benchmark) -> Path:
    """Where the benchmark's pictures lie; a project that looks at nothing outside its folder has none of those that lie elsewhere."""
    root = Path(benchmark.root)
    if project.alone:
        return project.path / BENCHMARK
    return root if root.is_absolute() else inside(project.path, benchmark.root)


def _picked(project: Project) -> tuple[list[tuple[str, str]], str]:
    picks = [pick for pick in project.read(picks_table.all) if not pick.taken_out]
    if not picks:
        raise NothingPicked(project.path)
    return [(pick.frame_id, str(inside(project.path, pick.file))) for pick in picks], picks_key([pick.frame_id for pick in picks])


def _benchmark(project: Project) -> tuple[list[tuple[str, str]], str]:
    benchmark = benchmark_of(project)
    root = benchmark_root(project, benchmark)
    return [(item.path, str(inside_set(root, item.path))) for item in benchmark.items], benchmark_key(benchmark)


def _run_pictures(
    project: Project, model: StoredModel, run: Run, subjects: list[tuple[str, str]], progress: Progress
) -> Ran:  # fmt: skip
    began = time.monotonic()
    asked = masks_table if card_of(model).answers.keeps_masks else predictions_table  # answers of versions that kept no masks are made anew
    renewed = _forget_changed(project, run, subjects) if run.on == "benchmark" else ()
    before = project.read(lambda db: asked.subjects(db, run.run_id))
    missing = [subject for subject in subjects if subject[0] not in before]
    spec = model_file(project, model)
    chunks = [PictureChunk(spec, some, hashed=run.on == "benchmark") for some in portions(missing)]
    keeper = _PredictionKeeper(project, run, spec.provider, len(missing), progress)
    map_chunks(answer_pictures, chunks, keeper.keep, progress)
    answered = project.read(lambda db: asked.subjects(db, run.run_id))
    unread = [one for one in missing if one[0] not in answered]
    _check_left_out(project, run.on, unread, bool(answered))
    found = _ran(project, model, run, {name for name, _ in subjects}, before, began)
    return replace(found, left_out=tuple(name for name, _ in unread), renewed=renewed)


def _forget_changed(project: Project, run: Run, subjects: list[tuple[str, str]]) -> tuple[str, ...]:
    """Pictures of the benchmark that are others than those which the model was shown: what it answered, and what was made of them, is taken
    out."""
    asked = project.read(lambda db: asked_table.of_run(db, run.run_id))
    changed = tuple(name for name, file in subjects if name in asked and is_another(Path(file), asked[name]))
    if changed:
        project.write(lambda db: predictions_table.forget(db, run.model_sha256, run.card_sha256, changed)).result()
        project.cache.forget(changed, [benchmark_subject(name) for name in changed])
    return changed


def is_another(path: Path, sha256: str) -> bool:
    """Whether a picture file holds other bytes; no for one that is gone or cannot be read."""
    try:
        return sha256_file(path) != sha256
    except (OSError, FieldcheckError):
        return False  # one that is gone or cannot be read is told by whoever asks for it


def tell_left_out(project: Project, ran: Ran, progress: Progress) -> None:
    """Unreadable pictures of the benchmark are told to who shows the progress. Raises Cancelled, FolderGone."""
    if ran.run.on == "benchmark" and ran.left_out:
        files = dict(_benchmark(project)[0])
        readable([files[name] for name in ran.left_out], progress)


def _check_left_out(project: Project, on: str, unread: list[tuple[str, str]], goes_on: bool) -> None:
    """Unreadable pictures stop nobody, now that all the others are answered; where there are no others, the first is refused."""
    benchmark = project.read(benchmarks_table.get) if unread and on == "benchmark" else None
    if benchmark is not None and not benchmark_root(project, benchmark).is_dir():
        raise PathMissing(benchmark_root(project, benchmark))
    if unread and not goes_on:
        read_picture(Path(unread[0][1]))


class _PredictionKeeper:
    """Stores the answers of each chunk as they come, and counts the pictures, `n` of which wait."""

    def __init__(self, project: Project, run: Run, provider: str, n: int, progress: Progress) -> None:
        self._project, self._run, self._n, self._progress, self._done = project, run, n, progress, 0
        if n:
            project.write(lambda db: note_run(db, run, provider)).result()
        else:
            project.write(lambda db: runs_table.put(db, run)).result()

    def keep(self, _chunk: object, predictions: tuple[Prediction, ...]) -> None:
        self._project.write(lambda db: predictions_table.insert(db, self._run.run_id, predictions)).result()
        self._done = min(self._done + len(predictions), self._n)  # a stretch of footage may hold some that were answered before
        self._progress.report(self._done, self._n, self._run.on)


def footage_chunks(project: Project, model: StoredModel, frame_ids: set[str]) -> Iterator[TriageChunk]:
    """The chunks of every recording that one of the frames belongs to."""
    recording_ids = {name.rsplit("-", 1)[0] for name in frame_ids}
    for recording in project.read(recordings_table.all):
        if recording.recording_id in recording_ids:
            names = list_pictures(project.path / recording.path) if recording.kind == "folder" else ()
            yield from plan_chunks(project, recording, names, model)


def holds(chunk: TriageChunk, missing: set[str]) -> bool:
    """Whether one of the missing frames lies in the chunk."""
    return any(_inside(chunk, missing))


def how_many(chunk: TriageChunk, missing: set[str]) -> int:
    """How many of the missing frames lie in the chunk."""
    return sum(_inside(chunk, missing))


def _inside(chunk: TriageChunk, missing: set[str]) -> Iterator[bool]:
    head = f"{chunk.recording_id}-"
    return (name.startswith(head) and chunk.first <= int(name.removeprefix(head)) < chunk.stop for name in missing)


def _ran(project: Project, model: StoredModel, run: Run, asked: set[str], before: Collection[str], began: float) -> Ran:
    """Counted over what was asked: a footage run also holds answers to recordings whose import was broken off."""
    stored = project.read(lambda db: predictions_table.nans(db, run.run_id))
    given = [nan for subject, nan in stored.items() if subject in asked]
    providers = project.read(lambda db: providers_table.of(db, run.run_id))
    return Ran(run, model.name, len(asked), len(given), sum(given), not asked.isdisjoint(before), time.monotonic() - began, providers)
