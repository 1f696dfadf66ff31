"""Candidates of the fix finder, which are changes of the picture, of the model card's input, of
thresholds, and a second view whose answer is averaged with the first; a search's result; its frames
as a person looks at them, and what a change costs a frame."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.csv_json_xml import list_json_fields, to_json_value
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.model_card import RESIZES, Card, InputSpec, Interpolation
from fieldcheck.domain.prediction import BOXES, ONE_CLASS
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import PathRefused
from fieldcheck.footage.frame_pixels import GONE, load_pixels
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.contrast_and_colour import CHANGES, MIRROR, apply_changes
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.doctor.preprocessing_variants import (
    CAFFE_MEAN,
    IMAGENET_MEAN,
    IMAGENET_STD,
    get_way,
)
from fieldcheck.models.preprocess import make_model_input
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table

CROPS = (1.0, 0.875, 0.75)
USUAL_INTERPOLATIONS: tuple[Interpolation, ...] = ("area", "linear")
RAISED = (0.7, 0.9)  # thresholds of an OK class: called so only where the model is that sure
BOX_THRESHOLDS = (0.1, 0.25, 0.4, 0.6)
CLOSE = 0.03  # a threshold that differs less is the card's own
SIDES = (0.75, 1.5)  # of the card's input size, where the graph leaves it open
SIDE_STEP = 32  # pixels: the coarsest grid of the usual networks

CardValue = Any  # text, number, or a tuple of them, as a field of InputSpec or OutputSpec holds


@dataclass(frozen=True, slots=True)
class FixCandidate:
    """A change that may help. `steps`: what is done to the picture, by the codes of
    `CHANGES` in `imaging.contrast_and_colour`, in order; `card`: keys of the card's `input` in
    alphabetical order, each with the value that stands in place of its own; `output`: the same of
    its `output`; `views`: further views of the picture whose answers are averaged with the plain
    one's."""

    steps: tuple[str, ...] = ()
    card: tuple[tuple[str, CardValue], ...] = ()
    output: tuple[tuple[str, CardValue], ...] = ()
    views: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Code of the change, such as `clahe+resize=letterbox`."""
        entries = (f"{key}={_format_value(value)}" for key, value in (*self.card, *self.output))
        return "+".join((*self.steps, *entries, *(f"view={view}" for view in self.views)))

    @property
    def kinds(self) -> frozenset[str]:
        """What it changes; two candidates that share a kind are not combined."""
        steps = {CHANGES[step].kind for step in self.steps}
        norm = {"norm" if key in ("scale", "mean", "std") else key for key, _ in self.card}
        return frozenset(
            steps
            | norm
            | ({"threshold"} if self.output else set())
            | ({"view"} if self.views else set())
        )

    @property
    def fed(self) -> FixCandidate:
        """The change of what the model is fed alone, without thresholds and views."""
        return FixCandidate(self.steps, self.card)

    def apply_to_spec(self, spec: InputSpec) -> InputSpec:
        """The card's input as this change has it."""
        return replace(spec, **dict(self.card))

    def apply_to_card(self, card: Card) -> Card:
        """The card with this change's input and output."""
        output = replace(card.output, **dict(self.output))
        return replace(card, input=self.apply_to_spec(card.input), output=output)

    def combine_with(self, other: FixCandidate) -> FixCandidate:
        """Both changes, this one's steps first."""
        return FixCandidate(
            (*self.steps, *other.steps),
            tuple(sorted((*self.card, *other.card))),
            tuple(sorted((*self.output, *other.output))),
            (*self.views, *other.views),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same candidate back."""
        return {
            "steps": list(self.steps),
            "card": {key: _to_plain(value) for key, value in self.card},
            "output": {key: _to_plain(value) for key, value in self.output},
            "views": list(self.views),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> FixCandidate:
        """The candidate that `to_json` wrote."""
        return cls(
            tuple(document["steps"]),
            tuple((key, _to_value(value)) for key, value in document["card"].items()),
            tuple((key, _to_value(value)) for key, value in document["output"].items()),
            tuple(document["views"]),
        )


def list_candidates(
    card: Card, ok_classes: Sequence[str], often_called: str, sizes: Sequence[tuple[int, int]]
) -> tuple[FixCandidate, ...]:
    """All single changes of a search.

    Args:
        card: the model's card.
        ok_classes: classes that mean a good part; none is ever called more easily than now.
        often_called: the class that the model names most often, "" where it names none; its
            threshold is raised where no class is known to be OK.
        sizes: further input sizes (height, width) that the graph takes.
    """
    return (
        *(FixCandidate((name,)) for name in CHANGES),
        *(() if card.is_foreign else list_card_candidates(card.input)),
        *(FixCandidate(card=(("size", size),)) for size in sizes),
        *list_threshold_candidates(card, ok_classes, often_called),
        *((FixCandidate(views=(MIRROR,)),) if card.answers is ONE_CLASS else ()),
    )


def make_correction(causes: Sequence[Finding], spec: InputSpec) -> FixCandidate | None:
    """The card's input as the model doctor's first cause would have it; None where no cause names
    entries of the input that differ from `spec`. With another layout the model would not run."""
    for cause in causes:
        change = cause.facts.get("change", {})
        entries = {
            key: _to_value(value)
            for key, value in change.items()
            if hasattr(spec, key) and _to_value(value) != getattr(spec, key)
        }
        if entries and "layout" not in entries:
            return FixCandidate(card=tuple(sorted(entries.items())))
    return None


def list_pairs(
    correction: FixCandidate | None, singles: Sequence[FixCandidate]
) -> tuple[FixCandidate, ...]:
    """The doctor's correction with each single change of something else."""
    if correction is None:
        return ()
    return tuple(
        correction.combine_with(single) for single in singles if not single.kinds & correction.kinds
    )


def list_card_candidates(spec: InputSpec) -> tuple[FixCandidate, ...]:
    """Candidates of a card that may be wrong: other resizes, crops, interpolations, colour order
    and normalisation, each only where the card says another one."""
    wanted: tuple[tuple[str, Sequence[CardValue]], ...] = (
        ("resize", RESIZES),
        ("crop", CROPS),
        ("interpolation", USUAL_INTERPOLATIONS),
        ("colour", ("RGB", "BGR") if spec.channels > 1 else ()),
    )
    singles = tuple(
        FixCandidate(card=((key, value),))
        for key, values in wanted
        for value in values
        if value != getattr(spec, key)
    )
    return (*singles, *_list_norm_candidates(spec))


def list_threshold_candidates(
    card: Card, ok_classes: Sequence[str], often_called: str
) -> tuple[FixCandidate, ...]:
    """Raised thresholds of the OK classes, so that fewer defects pass as good; where none is known
    those of the class that is named most often. Of a detector other thresholds for all boxes, none
    lower where one of its classes means a good part."""
    ok_names = [name for name in card.classes if name in ok_classes]
    if card.answers is BOXES:
        levels = [
            level
            for level in BOX_THRESHOLDS
            if abs(level - card.output.threshold) > CLOSE
            and not (ok_names and level < card.output.threshold)
        ]
        return tuple(FixCandidate(output=(("threshold", level),)) for level in levels)
    raised = ok_names or ([often_called] if often_called else [])
    if card.answers is not ONE_CLASS or not 0 < len(raised) < len(card.classes):
        return ()
    own = dict(card.output.thresholds)
    return tuple(
        FixCandidate(
            output=(("thresholds", tuple(sorted((own | dict.fromkeys(raised, level)).items()))),)
        )
        for level in RAISED
        if all(own.get(name, 0.0) < level for name in raised)
    )


def list_open_sizes(spec: InputSpec, shape: Sequence[int | None]) -> tuple[tuple[int, int], ...]:
    """Input sizes (height, width) smaller and larger than the card's that a graph whose input has
    this `shape`, with its batch axis, may take; none where it fixes its size."""
    sides = shape[2:4] if spec.layout == "NCHW" else shape[1:3]
    if len(shape) != 4 or any(side is not None for side in sides):
        return ()
    height, width = spec.size
    sizes = ((_round_side(height * factor), _round_side(width * factor)) for factor in SIDES)
    return tuple(dict.fromkeys(size for size in sizes if size != spec.size))


def _round_side(side: float) -> int:
    return max(SIDE_STEP, int(side / SIDE_STEP + 0.5) * SIDE_STEP)


def _list_norm_candidates(spec: InputSpec) -> tuple[FixCandidate, ...]:
    """The usual normalisations that differ from the card's: 0 to 1, ImageNet's, −1 to 1, and plain
    pixel values, with and without ImageNet's mean."""
    n = spec.channels
    usual = (
        (1 / 255, (0.0,) * n, (1.0,) * n),
        (1 / 255, IMAGENET_MEAN[:n], IMAGENET_STD[:n]),
        (1 / 255, (0.5,) * n, (0.5,) * n),
        (1.0, (0.0,) * n, (1.0,) * n),
        (1.0, CAFFE_MEAN[:n], (1.0,) * n),
    )
    own = get_way(spec).norm
    norms = {own.round_values()}
    candidates = []
    for scale, mean, std in usual:
        values = replace(own, scale=scale, mean=mean, std=std).round_values()
        if values not in norms:
            norms.add(values)
            candidates.append(FixCandidate(card=(("mean", mean), ("scale", scale), ("std", std))))
    return tuple(candidates)


def _format_value(value: CardValue) -> str:
    if isinstance(value, tuple):
        return ",".join(
            f"{item[0]}:{item[1]:g}" if isinstance(item, tuple) else _format_value(item)
            for item in value
        )
    return f"{value:.6g}" if isinstance(value, float) and value != round(value, 6) else str(value)


def _to_plain(value: CardValue) -> Any:
    """Thresholds as an object, other tuples as lists: what a card file holds."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _to_value(value: Any) -> CardValue:
    if isinstance(value, Mapping):
        return tuple(sorted((name, float(level)) for name, level in value.items()))
    return tuple(value) if isinstance(value, list) else value


# Result of a fix search, and how it is stored: the newest one of a model with its card, and the
# judged frames of a search that was interrupted.

KIND, PART_KIND = "fix", "fix_part"
ESTIMATE_KEYS = {key for _, key in list_json_fields(Estimate)}
MOST_SHOWN = 3  # frames that a change turns right or breaks, which are kept by name

FixState = Literal["proven", "nothing", "too_few_clips"]
Judged = dict[str, dict[str, int]]  # candidate → subject → 1 where the model is right under it


@dataclass(frozen=True, slots=True)
class FrameRates:
    """What a threshold does to frames with a defect and frames of a good part: escaped and rejected
    ones, before and after. `limit`: the false-reject rate that somebody accepts, None without
    one."""

    defects: int
    escaped: tuple[int, int]
    good: int
    rejected: tuple[int, int]
    limit: float | None = None

    @property
    def breaks_limit(self) -> bool:
        """Whether false rejects are within the limit now and would not be any more."""
        if self.limit is None or not self.good:
            return False
        before, after = (count / self.good for count in self.rejected)
        return before <= self.limit < after

    @property
    def rejects_most(self) -> bool:
        """Whether more than half of the good frames would be rejected, more than now, and nobody
        accepts a rate of false rejects."""
        before, after = self.rejected
        return self.limit is None and after > max(before, self.good / 2)


@dataclass(frozen=True, slots=True)
class FixTrial:
    """Candidate with the verdict on its change of the share of right frames; `benchmark`: what a
    demonstrated one changes there, else None. `mended`, `broken`: the first frames that it turns
    right and wrong; `rates`: of a threshold where it is known which classes are OK; `cost_ms`: what
    it adds to a frame on the machine that searched, None where nobody measured it."""

    candidate: FixCandidate
    verdict: ChangeVerdict
    benchmark: Estimate | None = None
    mended: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    rates: FrameRates | None = None
    cost_ms: float | None = field(default=None, compare=False)

    @property
    def is_demonstrated(self) -> bool:
        """Whether it is demonstrated to help on other clips of these cameras."""
        return self.verdict.direction == "better"

    @property
    def is_refused(self) -> bool:
        """Whether it is not proposed although it helps, because it breaks a limit or rejects most
        of the good frames."""
        rates = self.rates
        return rates is not None and (rates.breaks_limit or rates.rejects_most)

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same trial back."""
        return {
            **self.candidate.to_json(),
            "verdict": self.verdict.to_json(),
            "benchmark": None if self.benchmark is None else self.benchmark.to_json(),
            "mended": list(self.mended),
            "broken": list(self.broken),
            "rates": to_json_value(self.rates),
            "cost_ms": self.cost_ms,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> FixTrial:
        """The trial that `to_json` wrote."""
        benchmark = document["benchmark"]
        return cls(
            FixCandidate.from_json(document),
            ChangeVerdict.from_json(document["verdict"]),
            None if benchmark is None else Estimate.from_json(benchmark),
            tuple(document["mended"]),
            tuple(document["broken"]),
            _parse_rates(document.get("rates")),
            document.get("cost_ms"),
        )


@dataclass(frozen=True, slots=True)
class FixResult:
    """All that was tried, the largest gain first. `clips`, `frames`: those that are labelled.
    Where there are too few clips nothing was tried.

    `causes`: what the model doctor sees on the benchmark of how the model is fed; `run_id`: the run
    of unchanged predictions; `subjects`: the labelled frames; `size_ratio`: pixels of a field frame
    over those of a benchmark image, None without both; `created`: when the search began.
    """

    model: str
    seed: int
    frames: int
    clips: int
    tried: tuple[FixTrial, ...] = ()
    causes: tuple[Finding, ...] = ()
    run_id: str = ""
    subjects: tuple[str, ...] = ()
    size_ratio: float | None = None
    created: str = ""

    @property
    def demonstrated(self) -> tuple[FixTrial, ...]:
        """Trials that are demonstrated to help and break no limit, the highest lower limit
        first."""
        fix_trials = [
            fix_trial
            for fix_trial in self.tried
            if fix_trial.is_demonstrated and not fix_trial.is_refused
        ]
        return tuple(sorted(fix_trials, key=lambda fix_trial: -fix_trial.verdict.change.lo))

    @property
    def state(self) -> FixState:
        """State of the search in one word."""
        if not self.tried:
            return "too_few_clips"
        return "proven" if self.demonstrated else "nothing"

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same result back."""
        return {
            "model": self.model,
            "seed": self.seed,
            "frames": self.frames,
            "clips": self.clips,
            "tried": [fix_trial.to_json() for fix_trial in self.tried],
            "causes": to_json_value(self.causes),
            "run_id": self.run_id,
            "subjects": list(self.subjects),
            "size_ratio": self.size_ratio,
            "created": self.created,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> FixResult:
        """The result that `to_json` wrote."""
        return cls(
            **{
                **document,
                "tried": tuple(FixTrial.from_json(trial) for trial in document["tried"]),
                "causes": tuple(_parse_finding(cause) for cause in document["causes"]),
                "subjects": tuple(document["subjects"]),
            }
        )


@dataclass(frozen=True, slots=True)
class WrittenFix:
    """What was written into `folder`. `files`: names in it; `model_file`: the repaired model, ""
    where the change cannot live in the graph, with the reason as a code in `problem`; `frame_file`:
    the model for whole camera frames, "" without one, and `frame_size` (height, width) of these.

    `difference`: largest difference of an output value between that and this program's own way
    from the frame, on `n_checked` frames; `ms_before`, `ms_after`: median time a frame takes here
    on one core.
    """

    folder: Path
    candidate: FixCandidate
    files: tuple[str, ...]
    model_file: str
    frame_file: str
    frame_size: tuple[int, int] | None
    problem: str
    difference: float | None
    ms_before: float
    ms_after: float
    temperature: float
    n_checked: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "folder": str(self.folder),
            **self.candidate.to_json(),
            "name": self.candidate.name,
            "files": list(self.files),
            "model": self.model_file or None,
            "frame_model": self.frame_file or None,
            "frame_size": list(self.frame_size) if self.frame_size else None,
            "problem": self.problem or None,
            "difference": self.difference,
            "ms_before": self.ms_before,
            "ms_after": self.ms_after,
            "temperature": self.temperature,
        }


def _parse_rates(document: Mapping[str, Any] | None) -> FrameRates | None:
    if document is None:
        return None
    escaped, rejected = (tuple(document[key]) for key in ("escaped", "rejected"))
    return FrameRates(document["defects"], escaped, document["good"], rejected, document["limit"])


def _parse_finding(document: Mapping[str, Any]) -> Finding:
    """The finding that was stored; scores among its facts are estimates again."""
    facts = {
        name: Estimate.from_json(value)
        if isinstance(value, Mapping) and value.keys() >= ESTIMATE_KEYS
        else value
        for name, value in document["facts"].items()
    }
    return Finding(document["code"], document["level"], document["how"], facts)


def store_fix(project: Project, model: StoredModel, fix_result: FixResult) -> None:
    """Stores the result as the model's newest and drops the parts of its search."""
    about = (model.sha256, model.card_sha256)
    parts = project.read(lambda db: models_table.get_fact_sizes(db, PART_KIND, *about))

    def write(db: Database) -> None:
        models_table.put_fact(db, KIND, *about, "", fix_result.to_json(), fix_result.created)
        for part in parts:
            models_table.remove_fact(db, PART_KIND, *about, part)

    project.write(write).result()


def get_fix(project: Project, model: StoredModel | None) -> FixResult | None:
    """The result of the model's newest search, None where none ended."""
    if model is None:
        return None
    about = (model.sha256, model.card_sha256, "")
    document = project.read(lambda db: models_table.get_newest_fact(db, KIND, *about))
    return FixResult.from_json(document) if document else None


def store_part(
    project: Project, model: StoredModel, key: str, number: int, judged: Judged, now: str
) -> None:
    """Stores judged frames of a search that is under way, by which an interrupted one goes on.
    `key` names the search, `number` the part."""
    about = (model.sha256, model.card_sha256, f"{key}\n{number}")
    project.write(lambda db: models_table.replace_fact(db, PART_KIND, *about, judged, now)).result()


def load_parts(project: Project, model: StoredModel, key: str) -> tuple[Judged, int]:
    """Judged frames of an interrupted search of that key, and how many parts hold them."""
    about = (model.sha256, model.card_sha256)
    facts = project.read(lambda db: models_table.list_facts_of_model(db, PART_KIND, *about))
    merged: Judged = {}
    parts = [part for subject, part in facts if subject.startswith(f"{key}\n")]
    for part in parts:
        for name, judged in part.items():
            merged.setdefault(name, {}).update(judged)
    return merged, len(parts)


Image = NDArray[np.uint8]  # (H, W, 3) uint8 RGB
# what changes the work of fitting a frame or of the model; other entries of a card cost nothing
LONGER_SIDE, QUALITY = 320, 80  # of an image in a report
FITTED = frozenset({"size", "resize", "crop", "interpolation"})


@dataclass(frozen=True, slots=True, eq=False)
class FixImages:
    """A frame before and after a change, (H, W, 3) uint8 RGB, and what the model sees of the
    changed one, (h, w, 3). Of a second view `changed` is that view."""

    original: Image
    changed: Image
    model_input: Image


def make_fix_images(
    project: Project, model: StoredModel, candidate: FixCandidate, frame_id: str
) -> FixImages:
    """The images of one frame under a candidate. Raises what `load_pixels` raises."""
    rgb = load_pixels(project, frame_id)
    changed = apply_changes(rgb, (*candidate.steps, *candidate.views))
    spec = candidate.apply_to_spec(get_card(model).input)
    return FixImages(rgb, changed, make_model_input(changed, spec).rgb)


@dataclass(frozen=True, slots=True)
class FixExample:
    """`FixImages` of a frame that a change turns right, as small JPEG files."""

    frame_id: str
    original: bytes = field(repr=False)
    changed: bytes = field(repr=False)
    model_input: bytes = field(repr=False)


def load_fix_example(project: Project, model: StoredModel, trial: FixTrial) -> FixExample | None:
    """The first frame that a change turns right, which may be shown and is still there; None
    without one."""
    marks = project.read(labels_table.list_marks)
    for frame_id in trial.mended:
        if frame_id in marks and marks[frame_id].person:
            continue
        try:
            images = make_fix_images(project, model, trial.candidate, frame_id)
        except (*GONE, PathRefused):
            continue
        whole = (images.original, images.changed, images.model_input)
        files = [encode_jpeg(downscale_image(rgb, LONGER_SIDE), QUALITY) for rgb in whole]
        return FixExample(frame_id, *files)
    return None


def list_label_names(project: Project) -> dict[str, str]:
    """The class of each labelled frame that has one, by frame id."""
    labels = project.read(labels_table.list_labels)
    return {label.frame_id: label.class_name for label in labels if label.class_name}


def measure_cost(runner: ModelRunner, candidate: FixCandidate, frames: Sequence[Image]) -> float:
    """Milliseconds that a candidate adds to a frame on this machine: the median over `frames`, (H,
    W, 3) uint8 RGB each. `runner` is that of the card as it is."""
    changed = runner.with_input(candidate.apply_to_spec(runner.card.input))
    is_fitted_anew = bool(candidate.kinds & FITTED)
    seconds = []
    for rgb in frames:
        began = time.perf_counter()
        picture = apply_changes(rgb, candidate.steps)
        if is_fitted_anew:
            changed.predict([picture])
        for view in candidate.views:
            changed.predict([apply_changes(picture, (view,))])
        spent = time.perf_counter() - began
        if is_fitted_anew:
            began = time.perf_counter()
            runner.predict([rgb])
            spent -= time.perf_counter() - began
        seconds.append(spent)
    return max(0.0, 1000 * median(seconds)) if seconds else 0.0
