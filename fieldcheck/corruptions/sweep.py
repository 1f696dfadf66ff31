"""A severity sweep: corruptions at several severities over benchmark, picks or footage. What was
answered before is not run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TypeAlias

import numpy as np
from sqlite_utils import Database

from fieldcheck.corruptions.catalogue import CORE, apply_corruption
from fieldcheck.corruptions.sweep_scores import (
    CONFIDENCE,
    FLIP,
    PSNR,
    SSIM,
    Cell,
    compute_sweep_scores,
    list_available_sets,
    list_images,
    load_cell,
    load_kept_figures,
    load_sweep_set,
    make_cell_run,
    require_set,
)
from fieldcheck.domain.frame import make_frame_id
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.domain.robustness import CLEAN, MODERATE_FIRST, Sweep
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile, TriageChunk, read_chunk
from fieldcheck.footage.frame_pixels import load_pixels
from fieldcheck.imaging.codec import encode_jpeg, read_image
from fieldcheck.imaging.quality import ReferenceImage
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.models.evaluate import compute_image_seed, get_confidence, get_named_classes
from fieldcheck.models.providers import get_provider, insert_run
from fieldcheck.models.run import (
    UNREADABLE,
    count_missing_frames,
    find_readable,
    has_missing_frame,
    iter_footage_chunks,
    report_unreadable,
    run_on_set,
)
from fieldcheck.models.scored_sides import load_footage_answers
from fieldcheck.models.store import find_model, get_card, make_model_file
from fieldcheck.parallel import ChunkFile, map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as components_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.sampling.hardness import compute_answer_change

CHUNK_PICTURES = 8
LIKENED = 100


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """Request for a sweep. `on` empty: benchmark and field, as far as they are there. `model`: a
    name, None for the newest."""

    corruptions: tuple[str, ...] = tuple(CORE)
    severities: tuple[float, ...] = MODERATE_FIRST
    on: tuple[On, ...] = ()
    seed: int = 0
    model: str | None = None


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The sweep as it stands. `resumed`: part of it had been answered before. `requested`: only the
    requested cells, without cells and sets of earlier sweeps."""

    sweep: Sweep
    resumed: bool
    requested: Sweep


@dataclass(frozen=True, slots=True)
class PictureCorruption:
    """Images with the corruptions under which each is predicted: (subject, file, corruptions). Each
    file is read once for all corruptions.

    `measured_for_similarity`: subjects whose similarity to the original is measured too."""

    model: ModelFile
    severity: float
    seed: int
    pictures: tuple[tuple[str, str, tuple[str, ...]], ...]
    measured_for_similarity: frozenset[str] = frozenset()

    def list_files(self) -> tuple[ChunkFile, ...]:
        """The model and the pictures."""
        pictures = (ChunkFile(file, stays=False) for _, file, _ in self.pictures)
        return (*self.model.list_files(), *pictures)


@dataclass(frozen=True, slots=True)
class FootageCorruption:
    """A stretch of a recording, answered under every one of the corruptions."""

    stretch: TriageChunk
    severity: float
    seed: int
    corruptions: tuple[str, ...]

    def list_files(self) -> tuple[ChunkFile, ...]:
        """Those of the stretch."""
        return self.stretch.list_files()


Chunk: TypeAlias = PictureCorruption | FootageCorruption
Similarity: TypeAlias = tuple[float, float]  # PSNR and SSIM
CorruptedAnswers: TypeAlias = tuple[
    tuple[str, Prediction, Similarity | None], ...
]  # corruption, answer, how like its original the picture is


def predict_corrupted(chunk: Chunk) -> CorruptedAnswers:
    """Each corruption with the model's answer to a frame under it. Pure. A picture that cannot be
    read has none."""
    like: dict[tuple[str, str], Similarity] = {}
    names: list[str] = []
    if isinstance(chunk, PictureCorruption):
        answers = BatchPredictor(chunk.model, with_masks=True)
        for subject, file, wanted in chunk.pictures:
            try:
                rgb = read_image(Path(file))
            except UNREADABLE:
                continue  # Already reported with the clean predictions.
            original = ReferenceImage(rgb) if subject in chunk.measured_for_similarity else None
            for name in wanted:
                corrupted = apply_corruption(
                    rgb, name, chunk.severity, compute_image_seed(subject, name, chunk.seed)
                )
                names.append(name)
                answers.add_image(subject, corrupted)
                if original is not None:
                    like[name, subject] = original.compare_with(corrupted)
    else:
        answers = BatchPredictor(chunk.stretch.model)
        for frame in read_chunk(chunk.stretch):
            if isinstance(frame, SkippedFile):
                continue
            subject = make_frame_id(chunk.stretch.recording_id, frame.index)
            for name in chunk.corruptions:
                names.append(name)
                answers.add_image(
                    subject,
                    apply_corruption(
                        frame.rgb,
                        name,
                        chunk.severity,
                        compute_image_seed(subject, name, chunk.seed),
                    ),
                )
    return tuple(
        (name, prediction, like.get((name, prediction.subject)))
        for name, prediction in zip(names, answers.get_predictions(), strict=True)
    )


def run_sweep(project: Project, wanted: SweepRequest, progress: Progress, now: str) -> SweepResult:
    """Predict what is missing, severity by severity in the order given, and score all cells of this
    seed. Missing clean predictions are computed first. Raises NoModel, ModelUnknown, NoBenchmark,
    NothingLabelled or NoFootage for a missing set, ValueError for an unknown corruption, Cancelled;
    finished work is kept. Unreadable images are reported and left out."""
    model = find_model(project, wanted.model)
    sets = wanted.on or list_available_sets(project)
    for set_name in sets:
        require_set(project, set_name)
        try:
            report_unreadable(
                project, run_on_set(project, model, set_name, progress, now), progress
            )
        except UNREADABLE:  # not one can be read
            find_readable(
                [file for _, file in list_images(project, model, set_name, wanted.seed)], progress
            )
    parts = [
        _SweepPart(project, model, set_name, severity, wanted, now)
        for severity in wanted.severities
        for set_name in sets
    ]
    total, done = sum(part.n_pictures for part in parts), 0
    for part in parts:
        part.run_chunks(progress, done, total)
        done += part.n_pictures
    sweep = compute_sweep_scores(project, model, wanted.seed)
    cells = set(product(wanted.corruptions, wanted.severities))
    earlier = any(
        row.on not in sets or (row.corruption, row.severity) not in cells
        for row in sweep.rows
        if row.corruption != CLEAN
    )
    alone = compute_sweep_scores(project, model, wanted.seed, sets, cells) if earlier else sweep
    return SweepResult(sweep, any(part.resumed for part in parts), alone)


class _SweepPart:
    """One severity on one set: the chunks that are missing, and where their answers go."""

    def __init__(
        self,
        project: Project,
        model: StoredModel,
        set_name: On,
        severity: float,
        wanted: SweepRequest,
        now: str,
    ) -> None:
        self._project, self._model, self._set_name = project, model, set_name
        self._runs = {
            name: make_cell_run(project, model, set_name, name, severity, wanted.seed, now)
            for name in wanted.corruptions
        }
        answered = {name: self._load_answered(name) for name in self._runs}
        self.resumed, self.n_pictures = any(answered.values()), 0
        self.chunks: Sequence[Chunk] = (
            self._make_footage_chunks(severity, wanted, answered)
            if set_name == "footage"
            else self._make_image_chunks(severity, wanted, answered)
        )

    def run_chunks(self, progress: Progress, before: int, total: int) -> None:
        if not self.chunks:
            return
        provider = get_provider(self._project, self._model)
        self._project.write(lambda db: self._insert_runs(db, provider)).result()
        self._clean = (
            load_footage_answers(self._project, self._model) if self._set_name == "footage" else {}
        )
        done = before

        def on_chunk(_chunk: Chunk, answers: CorruptedAnswers) -> None:
            nonlocal done
            self._store_predictions(answers)
            done = min(done + len(answers), before + self.n_pictures)
            progress.report(done, total, "pictures")

        map_chunks(predict_corrupted, self.chunks, on_chunk, progress)

    def _insert_runs(self, db: Database, provider: str) -> None:
        for run in self._runs.values():
            insert_run(db, run, provider)

    def _load_answered(self, name: str) -> frozenset[str]:
        run_id = self._runs[name].run_id
        if self._set_name == "footage":
            return frozenset(load_kept_figures(self._project, self._model, FLIP, run_id))
        return self._project.read(lambda db: predictions_table.get_predicted_subjects(db, run_id))

    def _make_image_chunks(
        self, severity: float, wanted: SweepRequest, answered: dict[str, frozenset[str]]
    ) -> list[Chunk]:
        missing = []
        for subject, file in list_images(self._project, self._model, self._set_name, wanted.seed):
            names = tuple(name for name in wanted.corruptions if subject not in answered[name])
            if names:
                missing.append((subject, file, names))
                self.n_pictures += len(names)
        spec, likened = (
            make_model_file(self._project, self._model),
            self._select_for_similarity(wanted.seed),
        )
        groups = (
            tuple(missing[index : index + CHUNK_PICTURES])
            for index in range(0, len(missing), CHUNK_PICTURES)
        )
        return [PictureCorruption(spec, severity, wanted.seed, group, likened) for group in groups]

    def _select_for_similarity(self, seed: int) -> frozenset[str]:
        """A hundred benchmark pictures, evenly over those that are swept (methods 5.1)."""
        if self._set_name != "benchmark":
            return frozenset()
        subjects = [
            subject for subject, _ in list_images(self._project, self._model, self._set_name, seed)
        ]
        positions = np.unique(
            np.linspace(0, len(subjects) - 1, min(len(subjects), LIKENED)).astype(int)
        )
        return frozenset(subjects[index] for index in positions.tolist())

    def _make_footage_chunks(
        self, severity: float, wanted: SweepRequest, answered: dict[str, frozenset[str]]
    ) -> list[Chunk]:
        listed = {line.frame.frame_id for line in self._project.read(list_sampling_lines)}
        chunks: list[Chunk] = []
        for stretch in iter_footage_chunks(self._project, self._model, listed):
            names = tuple(
                name
                for name in wanted.corruptions
                if has_missing_frame(stretch, listed - answered[name])
            )
            if names:
                chunks.append(FootageCorruption(stretch, severity, wanted.seed, names))
                self.n_pictures += count_missing_frames(stretch, listed) * len(names)
        return chunks

    def _store_predictions(self, answers: CorruptedAnswers) -> None:
        by_run: dict[str, list[Prediction]] = {}
        like: dict[str, dict[str, Similarity]] = {}
        for name, answer, likeness in answers:
            by_run.setdefault(self._runs[name].run_id, []).append(answer)
            if likeness is not None:
                like.setdefault(self._runs[name].run_id, {})[answer.subject] = likeness
        write = self._write_flips if self._set_name == "footage" else self._write_answers

        def write_rows(db: Database) -> None:
            write(db, by_run)
            for run_id, pairs in like.items():
                for index, name in enumerate((PSNR, SSIM)):
                    components_table.put_component(
                        db,
                        f"{name}-{run_id}",
                        self._model.sha256,
                        {subject: pair[index] for subject, pair in pairs.items()},
                    )

        self._project.write(write_rows).result()

    def _write_answers(self, db: Database, by_run: Mapping[str, Sequence[Prediction]]) -> None:
        for run_id, answers in by_run.items():
            predictions_table.insert_predictions(db, run_id, answers)

    def _write_flips(self, db: Database, by_run: Mapping[str, Sequence[Prediction]]) -> None:
        """Store for footage only whether each prediction changed and its confidence, which is all
        that is used of ten thousand frames."""
        card, sha256 = get_card(self._model), self._model.sha256
        for run_id, answers in by_run.items():
            comparable = [answer for answer in answers if answer.subject in self._clean]
            flips = {
                prediction.subject: compute_answer_change(
                    self._clean[prediction.subject].answer, prediction.answer, card
                )
                for prediction in comparable
            }
            components_table.put_component(db, f"{FLIP}-{run_id}", sha256, flips)
            components_table.put_component(
                db,
                f"{CONFIDENCE}-{run_id}",
                sha256,
                {
                    prediction.subject: get_confidence(prediction.answer, card)
                    for prediction in comparable
                },
            )


# The frames behind one cell of a sweep: those whose answer is another than the clean one, with both
# answers and the corrupted
# picture.

LONGER_SIDE, QUALITY = 240, 80


@dataclass(frozen=True, slots=True)
class ChangedFrame:
    """`before` and `after` are class names, empty on footage, of which only that an answer changed
    is kept; `wrong`: that it is wrong now, never said of footage."""

    subject: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    wrong: bool = False


def list_changed_frames(
    project: Project, set_name: On, cell: Cell, seed: int
) -> tuple[ChangedFrame, ...]:
    """Of the newest model, in the order of the set. Raises NoModel."""
    model = find_model(project)
    if set_name == "footage":
        run_id = make_cell_run(project, model, set_name, *cell, seed).run_id
        return tuple(
            ChangedFrame(name)
            for name, flip in load_kept_figures(project, model, FLIP, run_id).items()
            if flip > 0
        )
    sweep_set, card = load_sweep_set(project, model, set_name, seed), get_card(model)
    if sweep_set is None:
        return ()
    stored = load_cell(project, model, set_name, cell, seed)
    answers = [
        stored.get(subject, clean)
        for subject, clean in zip(sweep_set.subjects, sweep_set.clean, strict=True)
    ]
    rows = zip(
        sweep_set.subjects,
        sweep_set.clean,
        answers,
        sweep_set.is_right(answers).tolist(),
        strict=True,
    )
    return tuple(
        ChangedFrame(
            subject,
            get_named_classes(before.answer, card),
            get_named_classes(after.answer, card),
            not right,
        )
        for subject, before, after, right in rows
        if compute_answer_change(before.answer, after.answer, card) > 0
    )


def make_corrupted_images(
    project: Project, set_name: On, cell: Cell, seed: int, subjects: Sequence[str]
) -> dict[str, bytes]:
    """Small JPEG of each frame as the model was asked about it. A picture that is gone is left
    out."""
    files = (
        {}
        if set_name == "footage"
        else dict(list_images(project, find_model(project), set_name, seed))
    )
    images = {}
    for subject in subjects:
        if set_name == "footage":
            rgb = load_pixels(project, subject)
        elif Path(files.get(subject, "")).is_file():
            rgb = read_image(Path(files[subject]))
        else:
            continue
        corrupted = apply_corruption(rgb, *cell, compute_image_seed(subject, cell[0], seed))
        images[subject] = encode_jpeg(
            np.ascontiguousarray(downscale_image(corrupted, LONGER_SIDE)), QUALITY
        )
    return images
