"""Fix finder (methods 17): preprocessing and camera changes tried on all labelled frames and judged
together, clip by clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck import __version__
from fieldcheck.corruptions.fix_candidates import (
    MOST_SHOWN,
    FixCandidate,
    FixResult,
    FixTrial,
    FrameRates,
    Judged,
    list_candidates,
    list_open_sizes,
    list_pairs,
    load_parts,
    make_correction,
    measure_cost,
    store_fix,
    store_part,
)
from fieldcheck.corruptions.sweep_scores import (
    SweepSet,
    draw_items,
    list_images,
    list_labelled_picks,
    load_sweep_set,
    require_set,
)
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import ChangeVerdict
from fieldcheck.domain.prediction import ONE_CLASS, Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import join_inside_data_set, make_json_key
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile, get_shared_runner
from fieldcheck.imaging.codec import read_image, read_image_size
from fieldcheck.imaging.contrast_and_colour import apply_changes
from fieldcheck.models.check_model import QUICK, check_stored_model
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.evaluate import evaluate_labels, get_named_classes
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.run import UNREADABLE, run_benchmark_part, run_on_set
from fieldcheck.models.scored_sides import get_counted_classes, load_field_side
from fieldcheck.models.store import find_model, get_card, get_ok_classes, make_model_file
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.limits import get_rate_limits
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.stats.cluster import LEAST_FOUND, Pair, judge_candidates
from fieldcheck.stats.significance import compare_paired
from fieldcheck.stats.weighted_field_score import CHOSEN

# Fix finder: does a change of preprocessing or camera help on other clips of these cameras? All
# labelled frames, all candidates at once, whole clips as units (methods 17).

FEWEST_SEARCHED = 5  # clips: with four no pattern of signs is as rare as one in twenty
MOST_ON_BENCHMARK, MOST_HELD = 500, 3  # pictures, and demonstrated changes that are held to them
CAUSES = frozenset({"channel_order", "scale", "mean_std", "resize", "layout", "class_order"})
MOST_MEASURED = 50  # benchmark images whose size is read
TIMED = 5  # frames that the cost of a change is measured on
Changes = NDArray[np.int64]
OnAnswers = Callable[[Sequence[tuple[str, Prediction]]], None]


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
        for spec, predictions in answers.items()
        for pair in zip(names[spec], predictions.get_predictions(), strict=True)
    )


def find_fix(
    project: Project, model_name: str | None, seed: int, progress: Progress, now: str
) -> FixResult:
    """Answers the labelled picks under every candidate, and the benchmark under what is
    demonstrated. A combination is tried only after a single change is demonstrated, or with what
    the model doctor sees.

    What the model doctor sees on the benchmark comes first. `seed` draws the benchmark's pictures.
    The result is stored; a search that was interrupted goes on with the frames that are left.
    Raises NoModel, ModelUnknown, ModelRejected for a file of predictions, NothingPicked,
    NothingLabelled, PictureUnreadable, Cancelled.
    """
    model = find_model(project, model_name)
    if get_card(model).is_file:  # before the clips are counted: more of them would not help
        raise ModelRejected(project.path / model.file, "predictions")
    require_set(project, "field")
    run_on_set(project, model, "field", progress, now)
    sweep_set = load_sweep_set(project, model, "field", seed)
    if sweep_set is None:
        raise NothingLabelled(project.path)
    search = _FixSearch(project, model, sweep_set, seed, progress, now)
    fix_result = FixResult(
        model.name,
        seed,
        len(sweep_set.subjects),
        search.n_clips,
        causes=find_feeding_causes(project, model, progress),
        run_id=load_field_side(project, model).run_id,
        subjects=sweep_set.subjects,
        size_ratio=measure_size_ratio(project, model),
        created=now,
    )
    if search.n_clips >= FEWEST_SEARCHED:
        fix_result = _add_benchmark_effects(
            search, replace(fix_result, tried=search.try_candidates(fix_result.causes))
        )
    store_fix(project, model, fix_result)
    return fix_result


def count_labelled_clips(project: Project, model: StoredModel) -> int:
    """Clips that the labelled picks come from, answered or not."""
    side = load_field_side(project, model)
    labelled_ids = {pick.frame_id for pick in list_labelled_picks(project)}
    return len({line.clip.clip_id for line in side.lines if line.frame.frame_id in labelled_ids})


def find_feeding_causes(
    project: Project, model: StoredModel, progress: Progress
) -> tuple[Finding, ...]:
    """What the model doctor sees on benchmark images of how the model is fed; nothing without a
    benchmark whose images can be read. Raises Cancelled."""
    if project.read(models_table.get_benchmark) is None or get_card(model).is_foreign:
        return ()
    try:
        model_check = check_stored_model(project, progress, QUICK, model)
    except UNREADABLE:
        return ()
    return tuple(finding for finding in model_check.warnings if finding.code in CAUSES)


def measure_size_ratio(project: Project, model: StoredModel) -> float | None:
    """Pixels of a picked frame over those of a benchmark image, the middle one of each; None where
    either is missing."""
    benchmark = project.read(models_table.get_benchmark)
    lines = load_field_side(project, model).lines
    if benchmark is None or not lines:
        return None
    root, sizes = get_benchmark_root(project, benchmark), list[int]()
    for item in benchmark.items[:: max(1, len(benchmark.items) // MOST_MEASURED)]:
        with suppress(PathMissing, PictureUnreadable):
            width, height = read_image_size(join_inside_data_set(root, item.path))
            sizes.append(width * height)
    frames = [line.frame.width * line.frame.height for line in lines]
    return float(np.median(frames) / np.median(sizes)) if sizes else None


class _FixSearch:
    """The labelled frames, and what is asked about them."""

    def __init__(
        self,
        project: Project,
        model: StoredModel,
        sweep_set: SweepSet,
        seed: int,
        progress: Progress,
        now: str,
    ) -> None:
        self.project, self.model, self.seed, self.card = project, model, seed, get_card(model)
        self.progress, self.now, self._sweep_set = progress, now, sweep_set
        self._spec = make_model_file(project, model)
        side = load_field_side(project, model)
        index_by_frame = {pick.frame_id: index for index, pick in enumerate(side.picks)}
        positions = np.array([index_by_frame[subject] for subject in sweep_set.subjects], np.int64)
        self._labels = {subject: side.labels[subject] for subject in sweep_set.subjects}
        self._counted = get_counted_classes(self.card, project.read(models_table.get_benchmark))
        self._ok_classes = get_ok_classes(project)[0]
        self._reject_limit = next(
            (
                rate_limit.limit
                for rate_limit in get_rate_limits(project)
                if rate_limit.rate == "false_reject_rate"
            ),
            None,
        )
        self._clip = side.sample.clip[positions]
        self._chosen = not (side.scores.weight[positions] > 0).any()
        self._files = dict(list_images(project, model, "field", seed))
        self._clean = dict(zip(sweep_set.subjects, sweep_set.clean, strict=True))
        self._right = sweep_set.is_right(sweep_set.clean).astype(np.int64)
        self._key = make_json_key(
            [
                model.sha256,
                model.card_sha256,
                __version__,
                [(name, to_json_value(label)) for name, label in self._labels.items()],
            ]
        )
        self._judged, self._n_parts = load_parts(project, model, self._key)
        self.n_clips = int(np.unique(self._clip).size)

    def try_candidates(self, causes: Sequence[Finding]) -> tuple[FixTrial, ...]:
        """All single changes and, where the doctor names a cause, its correction with each of them,
        judged together; then the best single with another, as one more family; the largest gain
        first."""
        singles = list_candidates(
            self.card, get_ok_classes(self.project)[0], self._get_often_called(), self._list_sizes()
        )
        correction = make_correction(causes, self.card.input)
        if correction is not None and correction not in singles:
            singles = (*singles, correction)
        tried = (*singles, *list_pairs(correction, singles))
        changes = self._measure_changes(tried)
        trials = self._judge(tried, changes, _list_pair_rows(correction, tried))
        best = _combine_best(trials[: len(singles)])
        if best is not None:
            first, joined = best
            alone = changes[singles.index(first.candidate)]
            trials = [trial for trial in trials if trial.candidate != joined]
            trials += self._judge_combination(joined, alone)
        trials = self._measure_costs(trials)
        return tuple(sorted(trials, key=lambda fix_trial: -fix_trial.verdict.change.value))

    def _adds_to(self, alone: Changes, both: Changes) -> bool:
        """Whether the changes by two candidates are demonstrably better than those by one."""
        (added,) = judge_candidates([both - alone], self._sweep_set.weight, self._clip, LEAST_FOUND)
        return added.direction == "better"

    def _measure_costs(self, trials: Sequence[FixTrial]) -> list[FixTrial]:
        runner = get_shared_runner(self._spec)
        frames = [read_image(Path(self._files[name])) for name in self._sweep_set.subjects[:TIMED]]
        measured = []
        for trial in trials:
            self.progress.check()
            measured.append(replace(trial, cost_ms=measure_cost(runner, trial.candidate, frames)))
        return measured

    def _get_often_called(self) -> str:
        """The class that the model names most often on the labelled frames, "" for boxes."""
        if self.card.answers is not ONE_CLASS:
            return ""
        named = Counter(
            name
            for answer in self._sweep_set.clean
            for name in get_named_classes(answer.answer, self.card)
        )
        return named.most_common(1)[0][0] if named else ""

    def _list_sizes(self) -> tuple[tuple[int, int], ...]:
        """Other input sizes that the graph takes: open in the file, and answered once."""
        if self.card.is_foreign:
            return ()
        opened = get_shared_runner(self._spec).model
        sizes = []
        for size in list_open_sizes(self.card.input, opened.inputs[0].shape):
            spec = replace(self.card.input, size=size)
            with suppress(ModelRejected):
                blank = np.zeros((*size, 3), np.uint8)
                ModelRunner(opened, replace(self.card, input=spec), 1).predict([blank])
                sizes.append(size)
        return tuple(sizes)

    def _judge(
        self,
        candidates: Sequence[FixCandidate],
        changes: Sequence[Changes],
        pairs: Sequence[Pair] = (),
    ) -> list[FixTrial]:
        verdicts = judge_candidates(
            np.array(changes), self._sweep_set.weight, self._clip, LEAST_FOUND, pairs
        )
        return [
            FixTrial(
                candidate,
                self._note_choice(verdict),
                mended=self._name_frames(change > 0),
                broken=self._name_frames(change < 0),
                rates=self._count_rates(candidate),
            )
            for candidate, change, verdict in zip(candidates, changes, verdicts, strict=True)
        ]

    def _count_rates(self, candidate: FixCandidate) -> FrameRates | None:
        """Escapes and false rejects of a threshold alone, before and after; None for anything else,
        or where no class is known to be OK."""
        if not candidate.output or candidate.fed != FixCandidate() or candidate.views:
            return None
        if self.card.answers is not ONE_CLASS or not self._ok_classes:
            return None
        is_good = np.array(
            [label.class_name in self._ok_classes for label in self._labels.values()]
        )
        called_good = np.array(
            [
                [
                    any(name in self._ok_classes for name in get_named_classes(item.answer, card))
                    for item in self._sweep_set.clean
                ]
                for card in (self.card, candidate.apply_to_card(self.card))
            ]
        )
        escaped = (called_good & ~is_good).sum(axis=1).tolist()
        rejected = (~called_good & is_good).sum(axis=1).tolist()
        return FrameRates(
            int((~is_good).sum()),
            (escaped[0], escaped[1]),
            int(is_good.sum()),
            (rejected[0], rejected[1]),
            self._reject_limit,
        )

    def _name_frames(self, which: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(
            self._sweep_set.subjects[k] for k in np.flatnonzero(which)[:MOST_SHOWN].tolist()
        )

    def _judge_combination(self, joined: FixCandidate, alone: Changes) -> list[FixTrial]:
        """The gain of both changes, demonstrated only where the second adds to the first, whose
        changes are `alone`."""
        (change,) = self._measure_changes((joined,))
        (trial,) = self._judge((joined,), [change])
        direction = trial.verdict.direction if self._adds_to(alone, change) else ""
        return [replace(trial, verdict=replace(trial.verdict, direction=direction))]

    def _note_choice(self, verdict: ChangeVerdict) -> ChangeVerdict:
        return (
            replace(verdict, change=verdict.change.with_weak_status(CHOSEN))
            if self._chosen
            else verdict
        )

    def _measure_changes(self, candidates: Sequence[FixCandidate]) -> list[Changes]:
        """(n,) changes of each candidate: −1, 0 or 1 a frame. Frames that an interrupted search
        judged already are not asked about again."""
        names, subjects = {candidate.name for candidate in candidates}, self._sweep_set.subjects
        untried = [
            (subject, self._files[subject])
            for subject in subjects
            if any(subject not in self._judged.get(name, {}) for name in names)
        ]
        self.run_candidates(candidates, untried, partial(self._judge_answers, candidates))
        return [
            np.array([self._judged[candidate.name][subject] for subject in subjects], np.int64)
            - self._right
            for candidate in candidates
        ]

    def _judge_answers(
        self, candidates: Sequence[FixCandidate], pairs: Sequence[tuple[str, Prediction]]
    ) -> None:
        """Judges the frames of a chunk under each candidate and stores what came of it."""
        subjects = list(dict.fromkeys(answer.subject for _, answer in pairs))
        predictions = {(name, answer.subject): answer for name, answer in pairs}
        labels = [self._labels[subject] for subject in subjects]
        judged: Judged = {}
        for candidate in candidates:
            answers = [
                combine_views(candidate, predictions.get, self._clean[subject], subject)
                for subject in subjects
            ]
            card = candidate.apply_to_card(self.card)
            right = evaluate_labels(card, self._counted, labels, answers).right
            judged[candidate.name] = dict(zip(subjects, right.astype(int).tolist(), strict=True))
        for name, by_subject in judged.items():
            self._judged.setdefault(name, {}).update(by_subject)
        self._n_parts += 1
        store_part(self.project, self.model, self._key, self._n_parts, judged, self.now)

    def run_candidates(
        self,
        candidates: Sequence[FixCandidate],
        files: Sequence[tuple[str, str]],
        on_answers: OnAnswers,
    ) -> None:
        """Hands on the model's answers to these pictures under each candidate, some pictures at a
        time, each under the name of what the model is fed."""
        fed = list_fed(candidates)
        done, total = 0, len(fed) * len(files)

        def on_chunk(_chunk: FixChunk, pairs: tuple[tuple[str, Prediction], ...]) -> None:
            nonlocal done
            on_answers(pairs)
            done += len(pairs)
            self.progress.report(done, total, "pictures")

        chunks = [FixChunk(self._spec, fed, some) for some in split_into_chunks(files)]
        map_chunks(predict_changed, chunks, on_chunk, self.progress)


def _list_pair_rows(correction: FixCandidate | None, tried: Sequence[FixCandidate]) -> list[Pair]:
    """Rows of each pair with the doctor's correction, and of its two changes alone."""
    if correction is None:
        return []
    row_by_candidate = {candidate: row for row, candidate in enumerate(tried)}
    joined = ((correction.combine_with(single), single) for single in tried)
    return [
        (row_by_candidate[pair], row_by_candidate[correction], row_by_candidate[single])
        for pair, single in joined
        if pair in row_by_candidate
    ]


def list_fed(candidates: Sequence[FixCandidate]) -> tuple[FixCandidate, ...]:
    """What the model must be fed for these candidates, each once: their pictures, and their further
    views. The plain picture is answered already."""
    fed = [candidate.fed for candidate in candidates if candidate.fed != FixCandidate()]
    fed += [
        FixCandidate((*candidate.steps, view), candidate.card)
        for candidate in candidates
        for view in candidate.views
    ]
    return tuple(dict.fromkeys(fed))


def combine_views(
    candidate: FixCandidate,
    get_answer: Callable[[tuple[str, str]], Prediction | None],
    clean: Prediction,
    subject: str,
) -> Prediction:
    """The answer under a candidate: that of what is fed, and where it has further views the mean
    of all; the `clean` one where nothing came."""
    first = get_answer((candidate.fed.name, subject)) or clean
    seen = [
        get_answer((FixCandidate((*candidate.steps, view), candidate.card).name, subject))
        for view in candidate.views
    ]
    answers = [first.answer, *(view.answer for view in seen if view is not None)]
    return replace(first, answer=np.mean(answers, axis=0)) if seen else first


def _combine_best(trials: Sequence[FixTrial]) -> tuple[FixTrial, FixCandidate] | None:
    """The best demonstrated change, and it with the best gain that changes something else; None
    where nothing is demonstrated or nothing else gains."""
    shown = [trial for trial in trials if trial.is_demonstrated and not trial.is_refused]
    if not shown:
        return None
    first = max(shown, key=lambda fix_trial: fix_trial.verdict.change.lo)
    others = [
        trial
        for trial in trials
        if trial.verdict.change.value > 0
        and not trial.is_refused
        and not trial.candidate.kinds & first.candidate.kinds
    ]
    if not others:
        return None
    second = max(others, key=lambda fix_trial: fix_trial.verdict.change.value)
    return first, first.candidate.combine_with(second.candidate)


def _add_benchmark_effects(search: _FixSearch, fix_result: FixResult) -> FixResult:
    checked_on_benchmark = {
        fix_trial.candidate for fix_trial in fix_result.demonstrated[:MOST_HELD]
    }
    tried = tuple(
        _add_benchmark_effect(search, fix_trial)
        if fix_trial.candidate in checked_on_benchmark
        else fix_trial
        for fix_trial in fix_result.tried
    )
    return replace(fix_result, tried=tried)


def _add_benchmark_effect(search: _FixSearch, trial: FixTrial) -> FixTrial:
    """A demonstrated change with what it does to at most 500 pictures of the benchmark, as far as
    these can be read."""
    benchmark = search.project.read(models_table.get_benchmark)
    if benchmark is None:
        return trial
    items = draw_items(benchmark, search.card, search.seed, MOST_ON_BENCHMARK)
    root = get_benchmark_root(search.project, benchmark)
    predictions: dict[tuple[str, str], Prediction] = {}
    try:
        ran = run_benchmark_part(
            search.project, search.model, {item.path for item in items}, search.progress, search.now
        )
        clean = search.project.read(
            lambda db: predictions_table.get_predictions(db, ran.run.run_id)
        )
        items = tuple(item for item in items if item.path in clean)
        search.run_candidates(
            (trial.candidate,),
            [(item.path, str(join_inside_data_set(root, item.path))) for item in items],
            lambda pairs: predictions.update(
                {(name, answer.subject): answer for name, answer in pairs}
            ),
        )
    except UNREADABLE:
        return trial
    counted = get_counted_classes(search.card, benchmark)
    before = [clean[item.path] for item in items]
    after = [
        combine_views(trial.candidate, predictions.get, answer, item.path)
        for item, answer in zip(items, before, strict=True)
    ]
    changed = trial.candidate.apply_to_card(search.card)
    right = [
        evaluate_labels(card, counted, items, answers).right
        for card, answers in ((search.card, before), (changed, after))
    ]
    return replace(trial, benchmark=compare_paired(right[0], right[1]).change)
