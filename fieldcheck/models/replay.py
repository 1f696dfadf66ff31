"""Replay of a stored run: its images found and checked by hash, predicted again, and compared with
the stored predictions."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.catalogue import IN_PLACE, apply_corruption
from fieldcheck.corruptions.ood import RECIPE as PROBE
from fieldcheck.corruptions.ood import replay_probe
from fieldcheck.corruptions.sweep_scores import CONFIDENCE
from fieldcheck.corruptions.sweep_scores import RECIPE as GOLDEN
from fieldcheck.domain.frame import make_frame_id
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.domain.run import CPU, ReplayDifference, ReplayResult, Run, StoredModel
from fieldcheck.errors.files import PathMissing, PathRefused, PictureUnreadable, VideoUnreadable
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.models import RunUnknown
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile, TriageChunk, read_chunk
from fieldcheck.imaging.codec import compute_pixels_sha256, read_image_and_hash
from fieldcheck.models.evaluate import (
    compute_image_seed,
    get_confidence,
    list_golden_sets,
    read_golden_items,
)
from fieldcheck.models.onnx_file import compute_model_sha256
from fieldcheck.models.providers import (
    ANSWER_THREADS,
    get_run_environment,
    list_installed_providers,
)
from fieldcheck.models.run import EVERY_FRAME, OWN_RATE, has_missing_frame, iter_footage_chunks
from fieldcheck.models.store import get_card
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as runs_table

# The pictures of a stored run, shown to the model again as they were: read, hashed, corrupted by
# the same seed, answered.

UNREADABLE = (PathMissing, PictureUnreadable, VideoUnreadable)

# subject, SHA-256 of its picture now, answer now
SubjectAnswer: TypeAlias = tuple[str, str, Prediction]


@dataclass(frozen=True, slots=True)
class CorruptionSpec:
    """How each picture is shown: corrupted by `recipe` at `severity` with `seed`, as it is where
    the recipe is no corruption."""

    recipe: str
    severity: float
    seed: int

    def __call__(self, subject: str, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self.recipe not in IN_PLACE:
            return rgb
        return apply_corruption(
            rgb, self.recipe, self.severity, compute_image_seed(subject, self.recipe, self.seed)
        )


@dataclass(frozen=True, slots=True)
class ReplayedPictures:
    """Picture files by subject; `frames`: they are frames of the project, so that pixels are
    hashed, not bytes."""

    model: ModelFile
    corruption: CorruptionSpec
    pictures: tuple[tuple[str, str], ...]
    frames: bool


@dataclass(frozen=True, slots=True)
class ReplayedFootage:
    """A stretch of a recording; of its frames only `wanted` are asked about."""

    stretch: TriageChunk
    corruption: CorruptionSpec
    wanted: frozenset[str]


def predict_again(chunk: ReplayedPictures | ReplayedFootage) -> tuple[SubjectAnswer, ...]:
    """Every picture of the chunk that can be read, with its hash and the model's answer now.
    Pure."""
    read = _iter_images(chunk) if isinstance(chunk, ReplayedPictures) else _iter_frames(chunk)
    model = chunk.model if isinstance(chunk, ReplayedPictures) else chunk.stretch.model
    answers, hashes = (
        BatchPredictor(model, with_masks=isinstance(chunk, ReplayedPictures)),
        list[str](),
    )
    for subject, sha256, rgb in read:
        hashes.append(sha256)
        answers.add_image(subject, chunk.corruption(subject, rgb))
    return tuple(
        (prediction.subject, sha256, prediction)
        for sha256, prediction in zip(hashes, answers.get_predictions(), strict=True)
    )


def _iter_images(chunk: ReplayedPictures) -> Iterable[tuple[str, str, NDArray[np.uint8]]]:
    for subject, file in chunk.pictures:
        try:
            rgb, sha256 = read_image_and_hash(Path(file), not chunk.frames)
        except UNREADABLE:
            continue  # told as a frame that is not there any more
        yield subject, compute_pixels_sha256(rgb) if chunk.frames else sha256, rgb


def _iter_frames(chunk: ReplayedFootage) -> Iterable[tuple[str, str, NDArray[np.uint8]]]:
    try:
        for frame in read_chunk(chunk.stretch):
            if isinstance(frame, SkippedFile):
                continue
            subject = make_frame_id(chunk.stretch.recording_id, frame.index)
            if subject in chunk.wanted:
                yield subject, compute_pixels_sha256(frame.rgb), frame.rgb
    except UNREADABLE:
        return  # what was not read is told as frames that are not there any more


# Where the pictures of a stored run lie today, and what the model says of each now.

GONE = (PathMissing, PathRefused, LabelsRefused)

# SHA-256 of the picture now, empty where it is made up; the answer now
ReplayedAnswer: TypeAlias = tuple[str, Prediction]
Again: TypeAlias = ReplayedPictures | ReplayedFootage


def run_again(
    project: Project,
    run: Run,
    model: StoredModel,
    spec: ModelFile,
    subjects: frozenset[str],
    progress: Progress,
    now: str,
) -> dict[str, ReplayedAnswer]:
    """Subject → its picture's hash and the model's answer, both as they are now; without those that
    cannot be read any more. Raises Cancelled."""
    replayed: dict[str, ReplayedAnswer] = {}
    if run.recipe.startswith(PROBE):
        probed = replay_probe(project, model, run, spec.provider, progress, now)
        return {subject: ("", answer) for subject, answer in probed.items()}

    def on_chunk(_chunk: Again, shown: tuple[tuple[str, str, Prediction], ...]) -> None:
        replayed.update({subject: (sha256, answer) for subject, sha256, answer in shown})
        progress.report(len(replayed), len(subjects), run.on)

    map_chunks(
        predict_again, list(_make_chunks(project, run, model, spec, subjects)), on_chunk, progress
    )
    return replayed


def _make_chunks(
    project: Project, run: Run, model: StoredModel, spec: ModelFile, subjects: frozenset[str]
) -> Iterator[Again]:
    shown = CorruptionSpec(run.recipe if run.recipe in IN_PLACE else "none", run.severity, run.seed)
    if run.on == "benchmark":
        files = (
            _list_golden_files(project, subjects)
            if run.recipe == GOLDEN
            else _list_benchmark_files(project, subjects)
        )
        yield from (
            ReplayedPictures(spec, shown, some, frames=False) for some in split_into_chunks(files)
        )
        return
    saved = _list_saved_files(project, subjects) if run.on == "field" else []
    yield from (
        ReplayedPictures(spec, shown, some, frames=True) for some in split_into_chunks(saved)
    )
    rest = set(subjects - {subject for subject, _ in saved})
    for stretch in iter_footage_chunks(project, model, rest):
        if has_missing_frame(stretch, rest):
            rate = EVERY_FRAME if run.recipe == OWN_RATE else stretch.list_fps
            again = replace(stretch, model=spec, list_fps=rate)
            yield ReplayedFootage(again, shown, frozenset(rest))


def _list_saved_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """Frames whose picture was saved, by subject; those of an earlier draw lie in the footage
    alone."""
    picks = [
        pick
        for pick in project.read(picks_table.list_picks)
        if pick.frame_id in subjects and pick.file
    ]
    return [(pick.frame_id, str(join_inside(project.path, pick.file))) for pick in picks]


def _list_benchmark_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """Files of the newest benchmark that holds most of the subjects: a run may be of an earlier
    one."""
    benchmark_files: list[tuple[str, str]] = []
    for benchmark in project.read(models_table.list_benchmarks):
        root = get_benchmark_root(project, benchmark)
        files = [
            (item.path, str(join_inside_data_set(root, item.path)))
            for item in benchmark.items
            if item.path in subjects
        ]
        if len(files) > len(benchmark_files):
            benchmark_files = files
    return benchmark_files


def _list_golden_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """The same for the set of pictures that must stay right."""
    golden_files: list[tuple[str, str]] = []
    for golden in reversed(list_golden_sets(project)):
        try:
            items = read_golden_items(golden)
        except GONE:
            continue
        files = [
            (item.path, str(join_inside_data_set(Path(golden.root), item.path)))
            for item in items
            if item.path in subjects
        ]
        if len(files) > len(golden_files):
            golden_files = files
    return golden_files


NAMED = 5  # run ids that a refusal names
SHORTEST = 4  # letters of a run id that name it, where no other begins with them

Digits: TypeAlias = tuple[NDArray[np.float64], bytes]  # an answer with its masks


def replay_run(project: Project, run_id: str, progress: Progress, now: str) -> ReplayResult:
    """Computes every stored answer of a run again, one by one with the same pictures, seed and
    threads, and keeps nothing of it.

    Where the model file or its card is another one, nothing is computed: that is named, and no
    answer counts as the same. Raises RunUnknown, Cancelled.
    """
    run = _find_run(project, run_id)
    model = _find_model(project, run)
    stored = _load_stored_digits(project, run)
    broken, moved = (
        _find_blocking_difference(project, run, model),
        _list_environment_differences(project, run),
    )
    if broken is not None or model is None:
        differences = [*([broken] if broken else []), *moved]
        return ReplayResult(
            run, model.name if model else "", len(stored), len(stored), tuple(differences)
        )
    used, fell = _get_run_provider(project, run)
    spec = ModelFile(str(project.path / model.file), model.sha256, model.card, ANSWER_THREADS, used)
    again = run_again(project, run, model, spec, frozenset(stored), progress, now)
    n_different, differs = _compare_answers(
        run, get_card(model), stored, _load_hashes(project, run), again
    )
    return ReplayResult(run, model.name, len(stored), n_different, (*moved, *fell, *differs))


def _find_run(project: Project, run_id: str) -> Run:
    """The run of that id, or the only one that begins so."""
    runs = (
        project.read(lambda db: runs_table.find_runs_by_prefix(db, run_id))
        if len(run_id) >= SHORTEST
        else ()
    )
    if len(runs) != 1:
        newest = project.read(lambda db: runs_table.list_run_page(db, NAMED, 0))
        raise RunUnknown(run_id, tuple(run.run_id for run in newest))
    return runs[0]


def _find_model(project: Project, run: Run) -> StoredModel | None:
    """The model that the run asked: with the very card where it is there, else the same file with
    another one."""
    same = [
        model
        for model in project.read(models_table.list_models)
        if model.sha256 == run.model_sha256
    ]
    return next(
        (stored_model for stored_model in same if stored_model.card_sha256 == run.card_sha256),
        same[-1] if same else None,
    )


def _find_blocking_difference(
    project: Project, run: Run, model: StoredModel | None
) -> ReplayDifference | None:
    """What keeps the answers from being asked for again: another model, or another card."""
    if model is None:
        return ReplayDifference("model", "", run.model_sha256, "")
    try:
        sha256 = compute_model_sha256(project.path / model.file)
    except PathMissing:
        sha256 = ""
    if sha256 != run.model_sha256:
        return ReplayDifference("model", model.name, run.model_sha256, sha256)
    return (
        ReplayDifference("card", model.name, run.card_sha256, model.card_sha256)
        if model.card_sha256 != run.card_sha256
        else None
    )


def _list_environment_differences(project: Project, run: Run) -> list[ReplayDifference]:
    """Libraries, machine and threads that are none of those which the run was computed with. A run
    of a version that did not keep them names its own version alone."""
    here, there = (
        get_run_environment(),
        project.read(lambda db: runs_table.get_run_environments(db, run.run_id)),
    )
    replay_differences: list[ReplayDifference] = []
    for kind, now, before in (
        (
            "library",
            here.versions,
            [run_environment.versions for run_environment in there]
            or [{"fieldcheck": run.code_version}],
        ),
        ("machine", here.machine, [run_environment.machine for run_environment in there]),
        (
            "threads",
            {"threads": str(here.threads)},
            [{"threads": str(run_environment.threads)} for run_environment in there],
        ),
    ):
        replay_differences += _iter_differences(kind, now, before)
    return replay_differences


def _iter_differences(
    kind: str, now: Mapping[str, str], before: Sequence[Mapping[str, str]]
) -> Iterator[ReplayDifference]:
    for name in dict.fromkeys(name for environment in before for name in environment):
        stored = list(
            dict.fromkeys(environment[name] for environment in before if name in environment)
        )
        if now.get(name, "") not in stored:
            yield ReplayDifference(kind, name, ", ".join(stored), now.get(name, ""))


def _get_run_provider(project: Project, run: Run) -> tuple[str, list[ReplayDifference]]:
    """Where the answers were computed; the processor, named, where that is not installed here."""
    stored = project.read(lambda db: runs_table.get_run_providers(db, run.run_id)) or (CPU,)
    there = [provider for provider in stored if provider in list_installed_providers()]
    return (
        (there[0], [])
        if there
        else (CPU, [ReplayDifference("provider", "", ", ".join(stored), CPU)])
    )


def _load_stored_digits(project: Project, run: Run) -> dict[str, Digits]:
    """Subject → what is kept of its answer: of footage under a corruption only how sure it was."""
    if run.on == "footage" and run.recipe in IN_PLACE:
        sure = project.read(
            lambda db: frames_table.get_component(
                db, f"{CONFIDENCE}-{run.run_id}", run.model_sha256
            )
        )
        return {subject: (np.array([value]), b"") for subject, value in sure.items()}
    answers = project.read(lambda db: runs_table.get_predictions(db, run.run_id))
    return {subject: _get_digits(answer) for subject, answer in answers.items()}


def _get_digits(answer: Prediction) -> Digits:
    return answer.answer.astype(np.float64), answer.masks


def _load_hashes(project: Project, run: Run) -> dict[str, str]:
    """Subject → SHA-256 of its picture as it was stored: pixels of a frame, bytes of any other
    file. None where none was kept."""
    frames = dict(project.read(frames_table.list_frame_hashes)) if run.on != "benchmark" else {}
    if run.recipe in IN_PLACE:
        return frames | project.read(
            lambda db: runs_table.get_asked_of_clean_runs(db, run.model_sha256, run.card_sha256)
        )
    return frames | project.read(lambda db: runs_table.get_asked_of_run(db, run.run_id))


def _compare_answers(
    run: Run,
    card: Card,
    stored: Mapping[str, Digits],
    hashes: Mapping[str, str],
    again: Mapping[str, ReplayedAnswer],
) -> tuple[int, list[ReplayDifference]]:
    """How many answers are not the same digits, and each picture and digit that is another one, by
    the subjects' names."""
    n, replay_differences = 0, list[ReplayDifference]()
    for subject, before in sorted(stored.items()):
        if subject not in again:
            n += 1
            replay_differences.append(
                ReplayDifference("frame", subject, hashes.get(subject, ""), "")
            )
            continue
        sha256, answer = again[subject]
        if sha256 and hashes.get(subject, sha256) != sha256:
            replay_differences.append(ReplayDifference("frame", subject, hashes[subject], sha256))
        sure = run.on == "footage" and run.recipe in IN_PLACE
        now = (
            (np.array([get_confidence(answer.answer, card)], np.float64), b"")
            if sure
            else _get_digits(answer)
        )
        if (first := _find_first_difference(before, now)) is not None:
            n += 1
            replay_differences.append(
                ReplayDifference("answer", f"{subject}{first[0]}", first[1], first[2])
            )
    return n, replay_differences


def _find_first_difference(before: Digits, now: Digits) -> tuple[str, str, str] | None:
    """Place, stored and present figure of the first digit that is another one; None where all are
    the same."""
    (output, masks), (other, others) = before, now
    if output.shape != other.shape:
        return "", " × ".join(map(str, output.shape)), " × ".join(map(str, other.shape))
    positions = np.argwhere(~((output == other) | (np.isnan(output) & np.isnan(other))))
    if len(positions):
        index = tuple(int(axis) for axis in positions[0])
        return (
            f"[{', '.join(map(str, index))}]",
            repr(float(output[index])),
            repr(float(other[index])),
        )
    if masks != others:
        return (
            "[mask]",
            hashlib.sha256(masks).hexdigest()[:16],
            hashlib.sha256(others).hexdigest()[:16],
        )
    return None
