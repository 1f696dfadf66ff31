"""Fix finder (methods 17): preprocessing and camera changes tried on one half of the clips and
tested on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.corruptions.sweep_scores import (
    Bools,
    SweepSet,
    draw_items,
    list_images,
    load_sweep_set,
    require_set,
)
from fieldcheck.domain.estimate import Estimate
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
from fieldcheck.stats.camera_interval import FEWEST_CLIPS
from fieldcheck.stats.significance import compare_paired
from fieldcheck.stats.weighted_field_score import CHOSEN, estimate_change_by_clip

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
    """Candidate on half A: `gain` is the change of the share of right frames; `carried`: it was
    held to half B."""

    candidate: FixCandidate
    gain: Estimate
    carried: bool


@dataclass(frozen=True, slots=True)
class FixProof:
    """Candidate on half B, with limits at 1 − .05 / the number carried; `benchmark`: what a proven
    one changes there, else None."""

    candidate: FixCandidate
    change: Estimate
    benchmark: Estimate | None = None

    @property
    def is_proven(self) -> bool:
        """Whether the lower limit on half B is a gain."""
        return self.change.measured and self.change.lo > 0


@dataclass(frozen=True, slots=True)
class FixResult:
    """All that was tried, the largest gain first, and the proofs, the highest lower limit first.
    `clips`, `frames`: those of half A and of half B. Where either half has too few clips nothing
    was tried."""

    model: str
    seed: int
    frames: tuple[int, int]
    clips: tuple[int, int]
    tried: tuple[FixTrial, ...] = ()
    proofs: tuple[FixProof, ...] = ()

    @property
    def state(self) -> FixState:
        """State of the search in one word."""
        if not self.tried:
            return "too_few_clips"
        return "proven" if any(one.is_proven for one in self.proofs) else "nothing"


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


# Fix finder: labelled frames in two halves by clip, and which changes of the one are held to the
# other (methods 17).

MOST_CARRIED = 3


def split_by_clip(clip: ArrayLike, stratum: ArrayLike, seed: int) -> NDArray[np.bool_]:
    """(n,) bool, whether a frame lies in half A: whole clips, whose numbers and whose frames of
    each stratum are as even as they come.

    `clip`, `stratum`: (n,) names. The largest clips are dealt first, equal ones in an order by
    `seed`, which also says which half is A; the same for every candidate.
    """
    clips, member = np.unique(np.asarray(clip), return_inverse=True)
    strata, kind = np.unique(np.asarray(stratum), return_inverse=True)
    counts = np.zeros((clips.size, strata.size + 1))
    np.add.at(counts, (member, kind), 1)
    counts[:, -1] = member.size / max(1, clips.size)  # a clip is worth as much as its frames
    rng = np.random.default_rng(seed)
    mixed = rng.permutation(clips.size)
    order = mixed[np.argsort(-counts[mixed, :-1].sum(axis=1), kind="stable")]
    lead, in_a = np.zeros(strata.size + 1), np.zeros(clips.size, np.bool_)
    for at in order:
        in_a[at] = lead @ counts[at] <= 0  # where the sum of squared leads is the smaller
        lead += counts[at] if in_a[at] else -counts[at]
    found: NDArray[np.bool_] = in_a[member] ^ (rng.random() < 0.5)
    return found


def choose_finalists(gains: Sequence[Estimate]) -> tuple[int, ...]:
    """Places of the at most three largest gains above 0 on half A, the largest first, of equal ones
    the first."""
    found = [at for at, gain in enumerate(gains) if gain.measured and gain.value > 0]
    return tuple(sorted(found, key=lambda at: -gains[at].value)[:MOST_CARRIED])


# Fix finder: does a change of preprocessing or camera help on these frames? Found on one half of
# the clips, proven on the other.

MOST_ON_BENCHMARK = 500
Answers = dict[str, dict[str, Prediction]]  # candidate → subject → answer


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
    specs = {one.name: one.apply_to_spec(card.input) for one in chunk.candidates}
    answers = {
        spec: BatchPredictor(chunk.model, with_masks=True, spec=spec) for spec in specs.values()
    }
    names: dict[object, list[str]] = {spec: [] for spec in answers}
    for subject, file in chunk.pictures:
        rgb = read_image(Path(file))
        for one in chunk.candidates:
            spec = specs[one.name]
            names[spec].append(one.name)
            answers[spec].add_image(subject, apply_changes(rgb, one.steps))
    return tuple(
        pair
        for spec, asked in answers.items()
        for pair in zip(names[spec], asked.get_predictions(), strict=True)
    )


def find_fix(
    project: Project, model_name: str | None, seed: int, progress: Progress, now: str
) -> FixResult:
    """Answers half A of the labelled picks under every candidate, half B under the at most three
    best, the benchmark under what is proven.

    `seed` deals the clips into halves and draws the benchmark's pictures. Answers under a candidate
    are not kept: a stored run has a card and a corruption only, by which it can be replayed. Raises
    NoModel, ModelUnknown, NothingPicked, NothingLabelled, PictureUnreadable, Cancelled.
    """
    model = find_model(project, model_name)
    require_set(project, "field")
    run_on_set(project, model, "field", progress, now)
    known = load_sweep_set(project, model, "field", seed)
    if known is None:
        raise NothingLabelled(project.path)
    search = _FixSearch(project, model, known, seed, progress)
    found = FixResult(model.name, seed, search.frames, search.clips)
    if min(search.clips) < FEWEST_CLIPS:
        return found
    tried, proofs = search.search_candidates()
    return replace(
        found, tried=tried, proofs=tuple(_add_benchmark_effect(search, one, now) for one in proofs)
    )


class _FixSearch:
    """Both halves, and what is asked about them."""

    def __init__(
        self, project: Project, model: StoredModel, known: SweepSet, seed: int, progress: Progress
    ) -> None:
        self.project, self.model, self.seed, self.card = project, model, seed, get_card(model)
        self.progress, self._known = progress, known
        self._spec = make_model_file(project, model)
        side = load_field_side(project, model)
        at = {pick.frame_id: place for place, pick in enumerate(side.picks)}
        places = np.array([at[subject] for subject in known.subjects], np.int64)
        self._clip, stratum = side.sample.clip[places], side.sample.stratum[places]
        self._chosen = not (side.scores.weight[places] > 0).any()
        self._files = dict(list_images(project, model, "field", seed))
        self._right = known.is_right(known.clean)
        self._a = split_by_clip(self._clip, stratum, seed)
        self.frames = int(self._a.sum()), int((~self._a).sum())
        self.clips = np.unique(self._clip[self._a]).size, np.unique(self._clip[~self._a]).size

    def search_candidates(self) -> tuple[tuple[FixTrial, ...], tuple[FixProof, ...]]:
        """All candidates on half A, the largest gain first, then those carried to half B, the
        highest lower limit first."""
        singles = (
            *(FixCandidate((name,)) for name in CHANGES),
            *list_card_candidates(self.card.input),
        )
        gains = self._estimate_gains(singles, self._a)
        if joined := _combine_best(singles, gains):
            singles, gains = (*singles, joined), [*gains, *self._estimate_gains((joined,), self._a)]
        taken = choose_finalists(gains)
        tried = [
            FixTrial(one, gain, at in taken)
            for at, (one, gain) in enumerate(zip(singles, gains, strict=True))
        ]
        last = tuple(singles[at] for at in taken)
        proofs = [
            FixProof(one, change)
            for one, change in zip(
                last, self._estimate_gains(last, ~self._a, len(last)), strict=True
            )
        ]
        return tuple(sorted(tried, key=lambda one: -one.gain.value)), tuple(
            sorted(proofs, key=lambda one: -one.change.lo)
        )

    def _estimate_gains(
        self, candidates: Sequence[FixCandidate], half: Bools, comparisons: int = 1
    ) -> list[Estimate]:
        """Change of the share right on one half, by clip, for each candidate."""
        subjects = [
            subject for subject, inside in zip(self._known.subjects, half, strict=True) if inside
        ]
        answers = self.predict_candidates(
            candidates, [(subject, self._files[subject]) for subject in subjects]
        )
        return [self._estimate_gain(answers[one.name], half, comparisons) for one in candidates]

    def _estimate_gain(
        self, answers: Mapping[str, Prediction], half: Bools, comparisons: int
    ) -> Estimate:
        given = [
            answers.get(subject, clean)
            for subject, clean in zip(self._known.subjects, self._known.clean, strict=True)
        ]
        change: NDArray[np.int64] = self._known.is_right(given).astype(np.int64) - self._right
        found = estimate_change_by_clip(
            change[half], self._known.weight[half], self._clip[half], comparisons
        )
        return found.with_weak_status(CHOSEN) if self._chosen else found

    def predict_candidates(
        self, candidates: Sequence[FixCandidate], files: Sequence[tuple[str, str]]
    ) -> Answers:
        """The model's answers to these pictures under each candidate."""
        found: Answers = {one.name: {} for one in candidates}
        done, total = 0, len(candidates) * len(files)

        def on_chunk(_chunk: FixChunk, pairs: tuple[tuple[str, Prediction], ...]) -> None:
            nonlocal done
            for name, answer in pairs:
                found[name][answer.subject] = answer
            done += len(pairs)
            self.progress.report(done, total, "pictures")

        chunks = (
            [FixChunk(self._spec, tuple(candidates), some) for some in split_into_chunks(files)]
            if candidates
            else []
        )
        map_chunks(predict_changed, chunks, on_chunk, self.progress)
        return found


def _combine_best(
    candidates: Sequence[FixCandidate], gains: Sequence[Estimate]
) -> FixCandidate | None:
    """The best on half A with the best that changes something else; None where there are not two
    gains."""
    order = [
        candidates[at]
        for at in sorted(range(len(gains)), key=lambda at: -gains[at].value)
        if gains[at].value > 0
    ]
    return next(
        (order[0].combine_with(one) for one in order[1:] if _get_kind(one) != _get_kind(order[0])),
        None,
    )


def _get_kind(single: FixCandidate) -> str:
    return CHANGES[single.steps[0]].kind if single.steps else single.card[0][0]


def _add_benchmark_effect(search: _FixSearch, proof: FixProof, now: str) -> FixProof:
    """A proven change with what it does to at most 500 pictures of the benchmark, as far as these
    can be read."""
    benchmark = search.project.read(benchmarks_table.get_benchmark)
    if not proof.is_proven or benchmark is None:
        return proof
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
            (proof.candidate,),
            [(item.path, str(join_inside_data_set(root, item.path))) for item in items],
        )
    except UNREADABLE:
        return proof
    counted, after = get_counted_classes(search.card, benchmark), answers[proof.candidate.name]
    right = [
        evaluate_labels(search.card, counted, items, [one[item.path] for item in items]).right
        for one in (clean, after)
    ]
    return replace(proof, benchmark=compare_paired(right[0], right[1]).change)
