"""Fix finder (methods 17): preprocessing and camera changes tried on all labelled frames and judged
together, clip by clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.sweep_scores import (
    SweepSet,
    draw_items,
    list_images,
    load_sweep_set,
    require_set,
)
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.model_card import RESIZES, InputSpec, Interpolation
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.files import join_inside_data_set
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile, get_shared_runner
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.colour import CHANGES, apply_changes
from fieldcheck.models.evaluate import evaluate_labels
from fieldcheck.models.run import UNREADABLE, get_benchmark_root, run_benchmark_part, run_on_set
from fieldcheck.models.scored_sides import get_counted_classes, load_field_side
from fieldcheck.models.store import find_model, get_card, make_model_file
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.stats.cluster import judge_candidates
from fieldcheck.stats.significance import compare_paired
from fieldcheck.stats.weighted_field_score import CHOSEN

CROPS = (1.0, 0.875)
USUAL_INTERPOLATIONS: tuple[Interpolation, ...] = ("area", "linear")

FixState = Literal["proven", "nothing", "too_few_clips"]


@dataclass(frozen=True, slots=True)
class FixCandidate:
    """Preprocessing change. `steps`: what is done to the picture, by the codes of `imaging.colour`,
    in order; `card`: keys of the card's `input`, each with the value that stands in place of its
    own."""

    steps: tuple[str, ...] = ()
    card: tuple[tuple[str, str | float], ...] = ()

    @property
    def name(self) -> str:
        """Code of the change, such as `clahe+resize=letterbox`."""
        return "+".join((*self.steps, *(f"{key}={value}" for key, value in self.card)))

    def apply_to_spec(self, spec: InputSpec) -> InputSpec:
        """The card's input as this change has it."""
        return replace(spec, **dict(self.card))  # type: ignore[arg-type]

    def combine_with(self, other: FixCandidate) -> FixCandidate:
        """Both changes, this one's steps first."""
        return FixCandidate((*self.steps, *other.steps), (*self.card, *other.card))


@dataclass(frozen=True, slots=True)
class FixTrial:
    """Candidate with the verdict on its change of the share of right frames; `benchmark`: what a
    demonstrated one changes there, else None."""

    candidate: FixCandidate
    verdict: ChangeVerdict
    benchmark: Estimate | None = None

    @property
    def is_demonstrated(self) -> bool:
        """Whether it is demonstrated to help on other clips of these cameras."""
        return self.verdict.direction == "better"


@dataclass(frozen=True, slots=True)
class FixResult:
    """All that was tried, the largest gain first. `clips`, `frames`: those that are labelled.
    Where there are too few clips nothing was tried."""

    model: str
    seed: int
    frames: int
    clips: int
    tried: tuple[FixTrial, ...] = ()

    @property
    def demonstrated(self) -> tuple[FixTrial, ...]:
        """Trials that are demonstrated to help, the highest lower limit first."""
        fix_trials = [fix_trial for fix_trial in self.tried if fix_trial.is_demonstrated]
        return tuple(sorted(fix_trials, key=lambda fix_trial: -fix_trial.verdict.change.lo))

    @property
    def state(self) -> FixState:
        """State of the search in one word."""
        if not self.tried:
            return "too_few_clips"
        return "proven" if self.demonstrated else "nothing"


def list_card_candidates(spec: InputSpec) -> tuple[FixCandidate, ...]:
    """Candidates of a card that may be wrong: other resizes, crops and interpolations, each only
    where the card says another one."""
    wanted = (("resize", RESIZES), ("crop", CROPS), ("interpolation", USUAL_INTERPOLATIONS))
    return tuple(
        FixCandidate(card=((key, value),))
        for key, values in wanted
        for value in values
        if value != getattr(spec, key)
    )


# Fix finder: does a change of preprocessing or camera help on other clips of these cameras? All
# labelled frames, all candidates at once, whole clips as units (methods 17).

FEWEST_SEARCHED = 5  # clips: with four no pattern of signs is as rare as one in twenty
MOST_ON_BENCHMARK, MOST_HELD = 500, 3  # pictures, and demonstrated changes that are held to them
Answers = dict[str, dict[str, Prediction]]  # candidate → subject → answer
Changes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FixChunk:
    """Pictures, (subject, file), that are each answered under every candidate: a file is read once
    for all."""

    model: ModelFile
    candidates: tuple[FixCandidate, ...]
    pictures: tuple[tuple[str, str], ...]


def predict_changed(chunk: FixChunk) -> tuple[tuple[str, Prediction], ...]:
    """Each candidate's name with the model's answer to a picture under it. Pure. Raises
    PictureUnreadable, PathMissing."""
    card = get_shared_runner(chunk.model).card
    specs = {candidate.name: candidate.apply_to_spec(card.input) for candidate in chunk.candidates}
    answers = {
        spec: BatchPredictor(chunk.model, with_masks=True, spec=spec) for spec in specs.values()
    }
    names: dict[object, list[str]] = {spec: [] for spec in answers}
    for subject, file in chunk.pictures:
        rgb = read_image(Path(file))
        for candidate in chunk.candidates:
            spec = specs[candidate.name]
            names[spec].append(candidate.name)
            answers[spec].add_image(subject, apply_changes(rgb, candidate.steps))
    return tuple(
        pair
        for spec, asked in answers.items()
        for pair in zip(names[spec], asked.get_predictions(), strict=True)
    )


def find_fix(
    project: Project, model_name: str | None, seed: int, progress: Progress, now: str
) -> FixResult:
    """Answers the labelled picks under every candidate, and the benchmark under what is
    demonstrated. A combination is tried only after a single change is demonstrated.

    `seed` draws the benchmark's pictures. Answers under a candidate are not kept: a stored run has
    a card and a corruption only, by which it can be replayed. Raises NoModel, ModelUnknown,
    NothingPicked, NothingLabelled, PictureUnreadable, Cancelled.
    """
    model = find_model(project, model_name)
    require_set(project, "field")
    run_on_set(project, model, "field", progress, now)
    known = load_sweep_set(project, model, "field", seed)
    if known is None:
        raise NothingLabelled(project.path)
    search = _FixSearch(project, model, known, seed, progress)
    fix_result = FixResult(model.name, seed, len(known.subjects), search.n_clips)
    if search.n_clips < FEWEST_SEARCHED:
        return fix_result
    fix_result = replace(fix_result, tried=search.try_candidates())
    held = {fix_trial.candidate for fix_trial in fix_result.demonstrated[:MOST_HELD]}
    tried = tuple(
        _add_benchmark_effect(search, fix_trial, now) if fix_trial.candidate in held else fix_trial
        for fix_trial in fix_result.tried
    )
    return replace(fix_result, tried=tried)


class _FixSearch:
    """The labelled frames, and what is asked about them."""

    def __init__(
        self, project: Project, model: StoredModel, known: SweepSet, seed: int, progress: Progress
    ) -> None:
        self.project, self.model, self.seed, self.card = project, model, seed, get_card(model)
        self.progress, self._known = progress, known
        self._spec = make_model_file(project, model)
        side = load_field_side(project, model)
        index_by_frame = {pick.frame_id: index for index, pick in enumerate(side.picks)}
        places = np.array([index_by_frame[subject] for subject in known.subjects], np.int64)
        self._clip = side.sample.clip[places]
        self._chosen = not (side.scores.weight[places] > 0).any()
        self._files = dict(list_images(project, model, "field", seed))
        self._right = known.is_right(known.clean)
        self.n_clips = int(np.unique(self._clip).size)

    def try_candidates(self) -> tuple[FixTrial, ...]:
        """All single changes, judged together, then the best one with another, as one more family;
        the largest gain first."""
        singles = (
            *(FixCandidate((name,)) for name in CHANGES),
            *list_card_candidates(self.card.input),
        )
        changes = self._measure_changes(singles)
        trials = self._judge(singles, changes)
        best = _combine_best(trials)
        if best is not None:
            first, joined = best
            alone = changes[singles.index(first.candidate)]
            trials += self._judge_combination(joined, alone)
        return tuple(sorted(trials, key=lambda fix_trial: -fix_trial.verdict.change.value))

    def _judge(
        self, candidates: Sequence[FixCandidate], changes: Sequence[Changes]
    ) -> list[FixTrial]:
        verdicts = judge_candidates(np.array(changes), self._known.weight, self._clip)
        return [
            FixTrial(candidate, self._note_choice(verdict))
            for candidate, verdict in zip(candidates, verdicts, strict=True)
        ]

    def _judge_combination(self, joined: FixCandidate, alone: Changes) -> list[FixTrial]:
        """The gain of both changes, demonstrated only where the second adds to the first, whose
        changes are `alone`."""
        (change,) = self._measure_changes((joined,))
        (trial,) = self._judge((joined,), [change])
        (added,) = judge_candidates([change - alone], self._known.weight, self._clip)
        return [replace(trial, verdict=replace(trial.verdict, direction=added.direction))]

    def _note_choice(self, verdict: ChangeVerdict) -> ChangeVerdict:
        return (
            replace(verdict, change=verdict.change.with_weak_status(CHOSEN))
            if self._chosen
            else verdict
        )

    def _measure_changes(self, candidates: Sequence[FixCandidate]) -> list[Changes]:
        """(n,) changes of each candidate: −1, 0 or 1 a frame."""
        files = [(subject, self._files[subject]) for subject in self._known.subjects]
        answers = self.predict_candidates(candidates, files)
        return [self._measure_change(answers[candidate.name]) for candidate in candidates]

    def _measure_change(self, answers: Mapping[str, Prediction]) -> Changes:
        given = [
            answers.get(subject, clean)
            for subject, clean in zip(self._known.subjects, self._known.clean, strict=True)
        ]
        change: Changes = self._known.is_right(given).astype(np.int64) - self._right
        return change

    def predict_candidates(
        self, candidates: Sequence[FixCandidate], files: Sequence[tuple[str, str]]
    ) -> Answers:
        """The model's answers to these pictures under each candidate."""
        answers: Answers = {candidate.name: {} for candidate in candidates}
        done, total = 0, len(candidates) * len(files)

        def on_chunk(_chunk: FixChunk, pairs: tuple[tuple[str, Prediction], ...]) -> None:
            nonlocal done
            for name, answer in pairs:
                answers[name][answer.subject] = answer
            done += len(pairs)
            self.progress.report(done, total, "pictures")

        chunks = (
            [FixChunk(self._spec, tuple(candidates), some) for some in split_into_chunks(files)]
            if candidates
            else []
        )
        map_chunks(predict_changed, chunks, on_chunk, self.progress)
        return answers


def _combine_best(trials: Sequence[FixTrial]) -> tuple[FixTrial, FixCandidate] | None:
    """The best demonstrated change, and it with the best gain that changes something else; None
    where nothing is demonstrated or nothing else gains."""
    shown = [trial for trial in trials if trial.is_demonstrated]
    if not shown:
        return None
    first = max(shown, key=lambda fix_trial: fix_trial.verdict.change.lo)
    others = [
        trial
        for trial in trials
        if trial.verdict.change.value > 0
        and _get_kind(trial.candidate) != _get_kind(first.candidate)
    ]
    if not others:
        return None
    second = max(others, key=lambda fix_trial: fix_trial.verdict.change.value)
    return first, first.candidate.combine_with(second.candidate)


def _get_kind(single: FixCandidate) -> str:
    return CHANGES[single.steps[0]].kind if single.steps else single.card[0][0]


def _add_benchmark_effect(search: _FixSearch, trial: FixTrial, now: str) -> FixTrial:
    """A demonstrated change with what it does to at most 500 pictures of the benchmark, as far as
    these can be read."""
    benchmark = search.project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        return trial
    items = draw_items(benchmark, search.card, search.seed, MOST_ON_BENCHMARK)
    root = get_benchmark_root(search.project, benchmark)
    try:
        ran = run_benchmark_part(
            search.project, search.model, {item.path for item in items}, search.progress, now
        )
        clean = search.project.read(
            lambda db: predictions_table.get_predictions(db, ran.run.run_id)
        )
        items = tuple(item for item in items if item.path in clean)
        answers = search.predict_candidates(
            (trial.candidate,),
            [(item.path, str(join_inside_data_set(root, item.path))) for item in items],
        )
    except UNREADABLE:
        return trial
    counted, after = get_counted_classes(search.card, benchmark), answers[trial.candidate.name]
    right = [
        evaluate_labels(
            search.card, counted, items, [prediction[item.path] for item in items]
        ).right
        for prediction in (clean, after)
    ]
    return replace(trial, benchmark=compare_paired(right[0], right[1]).change)
