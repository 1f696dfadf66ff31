"""Everything a report says, as frozen data: what `summary.json`, the page and the sheets print, and
nothing they would compute.

Parts that do not exist in this project yet are None (or empty); figures are fractions; words are
codes, except the two sentences that the caller had made in the report's language (`Gap.sentence`,
`Gap.counts`).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldcheck.analyses.blocks import Block, Gallery, Heading, ImageBlock
from fieldcheck.analyses.gap_headline import GapPlan
from fieldcheck.corruptions.messages import describe_steps
from fieldcheck.csv_json_xml import published_as
from fieldcheck.domain.estimate import CheckState, Estimate, Readiness, Verdict
from fieldcheck.domain.label import Design, Label
from fieldcheck.domain.prediction import get_answer_kind
from fieldcheck.domain.robustness import SavedComparison
from fieldcheck.domain.run import On, Parity
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.labels.store import RepeatAgreement
from fieldcheck.stats.gap import Gap
from fieldcheck.stats.weighted_field_score import StratumScore

# Rows of frames.csv and predictions.csv, as data: one for each frame of the sampling list, one for
# each stored answer.


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A row of frames.csv (interfaces.md §3), in its order of columns; None or NaN where a cell
    stays empty. `later`: what columns of the frames list that came after these hold."""

    frame_id: str
    clip_id: str
    camera: str
    location: str
    taken_at: str
    source: str
    source_index: int
    t_s: float
    width: int
    height: int
    conditions: tuple[str, ...]
    stratum: str
    hardness: float | None
    picked: bool
    probability: float | None
    weight: float | None
    reason: str
    label: str
    label_state: str
    prediction: str
    confidence: float | None
    right: bool | None
    sha256: str
    file: str
    draw: int | None = None
    later: tuple[str | float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class PredictionRow:
    """A row of predictions.csv (interfaces.md §3); rank 0 is a frame without an answer. Box figures
    are pixels."""

    on: On
    model: str
    run_id: str
    frame_id: str
    rank: int
    class_name: str = ""
    class_index: int | None = None
    score: float | None = None
    x: float | None = None
    y: float | None = None
    w: float | None = None
    h: float | None = None
    truth: str = ""
    right: bool | None = None


# Pairs that somebody kept: a frame, and what a corruption makes of it and of the answer.


@dataclass(frozen=True, slots=True)
class ReportedPair:
    """A pair with the files that it speaks of."""

    pair: SavedComparison
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


def build_pair_blocks(pairs: Sequence[ReportedPair]) -> list[Block]:
    """A heading and a gallery, nothing without pairs."""
    if not pairs:
        return []
    pictures = tuple(picture for pair in pairs for picture in _build_pair_images(pair))
    return [Heading(tr("Before and after")), Gallery(pictures)]


def describe_pair_corruptions(pair: SavedComparison) -> str:
    """Corruptions that were applied to the frame, in words."""
    return describe_steps(pair.steps)


def _build_pair_images(reported_pair: ReportedPair) -> tuple[ImageBlock, ImageBlock]:
    pair, model = reported_pair.pair, tr("Model")
    before, after = (
        _describe_answer(pair.said_before, pair.sure_before),
        _describe_answer(pair.said_after, pair.sure_after),
    )
    return (
        ImageBlock(
            reported_pair.before,
            tr("Original frame: {answer}", answer=before),
            ((model, before),),
            pair.source,
        ),
        ImageBlock(
            reported_pair.after,
            tr("{done}: {answer}", done=describe_pair_corruptions(pair), answer=after),
            ((model, after),),
            describe_pair_corruptions(pair),
        ),
    )


def _describe_answer(names: tuple[str, ...], sure: float) -> str:
    if not names:
        return tr("nothing detected")
    return (
        f"{', '.join(names)} {format_number(sure, 2)}"
        if len(names) == 1 and sure == sure
        else ", ".join(names)
    )


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """One trip to the site: when, where, in which light, how much. Times are ISO 8601 UTC, empty
    where nobody said.

    `conditions` pairs each condition with the number of labelled frames under it; `ahead_s`: by how
    many seconds the clock of the site is ahead of UTC, None for that of this computer.
    """

    first_at: str
    last_at: str
    cameras: tuple[str, ...]
    locations: tuple[str, ...]
    conditions: tuple[tuple[str, int], ...]
    seconds: float
    n_clips: int
    n_frames_listed: int
    n_labelled: int
    ahead_s: int | None = field(default=None, metadata=published_as(None))


@dataclass(frozen=True, slots=True)
class Model:
    """The model as it was run. `card` and `preprocessing_record` hold plain JSON values."""

    name: str
    sha256: str
    task: str
    classes: tuple[str, ...]
    card: Mapping[str, Any]
    preprocessing_record: Mapping[str, Any] = field(metadata=published_as("receipt"))


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """The reference set. `metric` names what both sides are scored with: `accuracy` or
    `frame_score`.

    `claimed` is a fraction or None; `reproduced` follows methods 2.4c, None without a claim or a
    run. `spot_of`: of how many pictures the score is a spot check, 0 where all were run. `guess`:
    the change of the card that fits best where the claim is missed. `compared`: the score in the
    metric that is claimed and that the gap is told in; `metric` and `score` where it is none of its
    own. `held`: the same over every class, which the claim is held against. `path`: the name of its
    folder or file alone.
    """

    n: int
    score: Estimate
    metric: str
    claimed: float | None
    reproduced: bool | None
    path: str = ""
    format: str = ""
    metrics: Mapping[str, Estimate] = dataclasses.field(default_factory=dict)
    spot_of: int = 0
    guess: tuple[Mapping[str, Any], Estimate] | None = None
    compared_metric: str = ""
    compared: Estimate | None = None
    held: Estimate | None = None

    @property
    def claim_metric(self) -> str:
        """The metric of the claim, which the gap is in."""
        return self.compared_metric or self.metric

    @property
    def claim_score(self) -> Estimate:
        """The score that the gap begins from, in the metric of the claim."""
        return self.score if self.compared is None else self.compared


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldResult:
    """Field result, measured on the site's own frames.

    `footage` is the score over the sampling list, `camera` the same with the interval by clips,
    `hard` over the hardest fifth, `chosen` over hand-picked frames only. `n_clips` counts clips
    with a labelled frame of the draw. `n_draws` counts every draw ever made, replaced ones too;
    `taken_out` the picks taken out before labelling; `n_frozen` the frames left out of the list
    because the sensor stood still; `n_nan` the labelled frames on which the model gave a figure
    that is not finite. `if_unsure_wrong` and `if_unsure_right` are the footage score were the model
    wrong, or right, on every frame that nobody could judge. `blind` is None where nobody knows.
    `labels_for_five_points`: labels for an interval of ±5 points at today's score and design effect
    (methods 11.1); None below ten frames, which are no score. `n_looks`: draws whose labels were
    made after a result of those before, and one (methods 11.1).
    """

    footage: Estimate
    camera: Estimate | None
    hard: Estimate | None
    chosen: Estimate | None
    design: Design | None
    seed: int | None
    seed_typed: bool = False
    census: bool
    blind: bool | None
    n_frames_listed: int
    n_frozen: int = 0
    n_picked: int
    n_labelled: int
    n_unsure: int
    n_skipped: int
    n_nan: int = 0
    taken_out: int = 0
    if_unsure_wrong: Estimate | None = None
    if_unsure_right: Estimate | None = None
    n_clips: int
    n_cameras: int
    n_draws: int = 0
    labels_for_five_points: int | None = None
    labels_existed: bool = False
    n_looks: int = dataclasses.field(default=1, metadata=published_as(None))
    strata: tuple[StratumScore, ...] = ()
    metrics: Mapping[str, Estimate] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GapResult(Gap):
    """Benchmark minus field, with verdict and headline. `tolerance` is the project's limit, set by
    `tolerance_by`; `verdict` is None before any draw.

    `sentence` is the headline, `counts` the same in frames; both whole sentences in the report's
    language. `plan`: what would decide a gap that is inconclusive, None for others. `metric`: what
    both sides are scored with, empty without a benchmark. `footage`, `camera`: the field's scores
    in that metric, over this footage and over other clips of the cameras; None where it is the
    task's own, in which the field result is. `correlation`: that of frames of one clip, None where
    it cannot be told.
    """

    tolerance: float
    verdict: Verdict | None
    sentence: str
    counts: str = ""
    plan: GapPlan | None = None
    tolerance_by: str = ""
    metric: str = ""
    footage: Estimate | None = None
    camera: Estimate | None = None
    correlation: float | None = dataclasses.field(default=None, metadata=published_as(None))

    @property
    def headline(self) -> tuple[str, ...]:
        """The sentences of the headline: scores, gap, what is open."""
        return tuple(re.split(r"(?<=\.) (?=[A-ZÄÖÜ])", self.sentence))


def get_compared_scores(field: FieldResult, gap: GapResult) -> tuple[Estimate, Estimate | None]:
    """The field's scores in the metric of the gap: over this footage, and over other clips of the
    cameras, None where that was not measured."""
    footage = field.footage if gap.footage is None else gap.footage
    camera = field.camera if gap.footage is None else gap.camera
    return footage, camera if camera is not None and camera.measured else None


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows are what the person said, columns what the model said; both in the order of
    `classes`."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    weighted: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        k = len(self.classes)
        for table in (self.counts, self.weighted):
            if len(table) != k or any(len(row) != k for row in table):
                raise ValueError(f"a confusion table of {k} classes has {k} x {k} cells: {table!r}")


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line of the readiness checklist (methods 11.4). `figure` is the number it was judged by,
    None where there is none; `by` and `date`: who said that it does not apply, and when."""

    rule: str
    state: CheckState
    figure: float | None = None
    by: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class WorstFrame:
    """A frame on which the model was wrong. `truth` and `prediction` are class names (one, or one a
    box; none: nothing there).

    `jpeg` is a picture small enough for the page; `confidence` is how sure the model was, NaN where
    it gave no answer; `clip_id` and `taken_at`, its moment, ISO 8601 UTC, empty where nobody said;
    `marked`: boxes or points are drawn into it; `overlap`: where every labelled class was detected
    as often as it is labelled, the overlap (IoU) of the label that no detection covers; `ahead_s`:
    by how many seconds the clock of the site is ahead of UTC, None for that of this computer.
    """

    frame_id: str
    jpeg: bytes = field(repr=False, metadata=published_as(None))
    truth: tuple[str, ...]
    prediction: tuple[str, ...]
    confidence: float
    camera: str = ""
    conditions: tuple[str, ...] = ()
    t_s: float = 0.0
    clip_id: str = ""
    taken_at: str = ""
    marked: bool = field(default=False, metadata=published_as(None))
    overlap: float | None = None
    ahead_s: int | None = field(default=None, metadata=published_as(None))


@dataclass(frozen=True, slots=True)
class LabellingPace:
    """How the labels of `n_frames` were made in the window: `seconds` of looking, keys and clicks;
    `n_corrected` were changed or taken back once, `n_not_blind` made in sight of the model's
    answer."""

    n_frames: int
    seconds: float
    n_keys: int
    n_clicks: int
    n_corrected: int
    n_not_blind: int


@dataclass(frozen=True, slots=True)
class LastReport:
    """The report before this one: `created`, ISO 8601; `field` score and `gap`, fractions, by the
    same model or another one (`model`)."""

    created: str
    model: str
    field: float
    gap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Provenance: all that is needed to judge and repeat the figures. `seconds_per_label` is the
    median, None where labels came from files; `pace` None where none was made in the window;
    `providers`: where the model's answers were computed; `parity`: what came of checking the
    provider that is set, None where it is the processor; `revision`: how manyth report of this
    project it is; `last`: the report before, None where there is none."""

    revision: int = 1
    last: LastReport | None = field(default=None, metadata=published_as("last_report"))
    versions: Mapping[str, str]
    seeds: Mapping[str, int]
    hashes: Mapping[str, str]
    machine: Mapping[str, str]
    providers: tuple[str, ...] = ()
    seconds_per_label: float | None = None
    labelled_by: tuple[str, ...] = ()
    pace: LabellingPace | None = None
    repeats: tuple[RepeatAgreement, ...] = ()
    parity: Parity | None = field(default=None, metadata=published_as(None))


@dataclass(frozen=True, slots=True)
class Report:
    """The report. `created` is ISO 8601 with an offset; `project` the name of its folder;
    `language` is `en` or `de`.

    `notes` are codes of what the reader must know (`rendered_sample`, `borders_changed`).
    `changed`: picked frames whose saved picture is not what was stored, left out of every figure.
    `changed_benchmark`: pictures that were changed since the model answered them. `results`: the
    result of every analysis by its key, None where the project lacks what it requires. `pictures`:
    one error of each finding; `line` and `author`: the place on the site, and who was there.
    `is_benchmark_set`: one is named, whether or not the model was run on it.
    """

    created: str
    project: str
    site: str
    language: str
    visits: tuple[RecordingSummary, ...]
    model: Model | None
    benchmark: BenchmarkResult | None
    field: FieldResult
    gap: GapResult
    readiness: Readiness
    provenance: Provenance
    checklist: tuple[CheckRow, ...] = ()
    frame_rows: tuple[FrameRow, ...] = ()
    prediction_rows: tuple[PredictionRow, ...] = ()
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    changed_benchmark: tuple[str, ...] = ()
    results: Mapping[str, object] = dataclasses.field(default_factory=dict)
    pictures: tuple[WorstFrame, ...] = ()
    line: str = ""
    author: str = ""
    clip_names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    is_benchmark_set: bool = False

    @property
    def own_metric(self) -> str:
        """The metric that single frames are scored with, by the model's task."""
        return get_answer_kind(self.model.task).metric if self.model is not None else "accuracy"
