"""Results of the robustness tests: corruption matching, image pairs, out-of-distribution test, and
severity sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, cast

from fieldcheck.csv_json_xml import published_as, to_json_value
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import On

Reason = Literal["", "too_few", "alike", "unexplained", "undecided"]


@dataclass(frozen=True, slots=True)
class CandidateCorruption:
    """One corruption, and the share of the distance between benchmark and field that it explains
    where its severities are mixed best.

    `family`: the name it shares with those that a picture does not tell from it. `severity` is the
    mean of the mixture, `untouched` the share of it that is not corrupted at all.
    """

    corruption: str
    family: str
    severity: float
    explained: float
    untouched: float


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """A corruption done beside the best single one, with which much more is explained. `severity`
    and `first_severity` are means of the mixture; `explained` is the share of both together."""

    corruption: str
    family: str
    severity: float
    first_severity: float
    explained: float


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """The best three families, and the one that may be named: None with the `reason` where no
    single corruption explains the field.

    `wins`: share of the resampled clips in which the best family is the best again. `second` is
    what the best one of `top` is told with, where alone it leaves too much unexplained.
    `n_pictures` of the benchmark were held against `n_frames` of `n_clips` clips; all are 0 in what
    earlier versions kept.
    """

    named: CandidateCorruption | None
    reason: Reason
    top: tuple[CandidateCorruption, ...]
    wins: float
    second: RunnerUp | None = None
    n_pictures: int = 0
    n_frames: int = 0
    n_clips: int = 0

    @property
    def family(self) -> str:
        """The family that is named; empty where none is."""
        return self.named.family if self.named else ""

    @property
    def named_corruptions(self) -> tuple[tuple[str, float], ...]:
        """The corruptions that are named, one or two, each with its mean severity; none where none
        is."""
        first = self.named or (self.top[0] if self.second else None)
        if first is None:
            return ()
        if self.second is None:
            return ((first.corruption, first.severity),)
        return (
            (first.corruption, self.second.first_severity),
            (self.second.corruption, self.second.severity),
        )

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return cast("dict[str, Any]", to_json_value(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> FieldMatch:
        """Match from what `to_json` wrote."""
        named = None if document["named"] is None else CandidateCorruption(**document["named"])
        # earlier versions looked for none
        second = RunnerUp(**document["second"]) if document.get("second") else None
        counts = (
            document.get("n_pictures", 0),
            document.get("n_frames", 0),
            document.get("n_clips", 0),
        )
        return cls(
            named,
            document["reason"],
            tuple(CandidateCorruption(**match) for match in document["top"]),
            document["wins"],
            second,
            *counts,
        )


# A frame and what a corruption makes of it, kept because somebody wants to show it.


@dataclass(frozen=True, slots=True)
class SavedComparison:
    """`before` and `after` are JPEG files relative to the project. `steps`: what was done,
    corruption and severity in order, by `seed`.

    `said_before` and `said_after` are class names, as many as there are boxes, empty where nothing
    was found; the confidences are those of the first, NaN without an answer.
    """

    key: str
    source: str
    before: str
    after: str
    steps: tuple[tuple[str, float], ...]
    seed: int
    said_before: tuple[str, ...]
    said_after: tuple[str, ...]
    sure_before: float
    sure_after: float
    at: str


# Probe results: how sure a model is of pictures of nothing, and what may be taken from a frame
# before its answer changes.

FAMILIES = ("blank", "noise", "gauss", "permuted", "defocus", "wrong_domain")
"""Pictures that have no right answer: one grey, two kinds of noise, frames in pieces, frames out of
focus, another world."""
SHORTCUTS = (
    "object_hidden",
    "background_hidden",
    "patches_shuffled",
    "strong_blur",
    "grey",
    "mirrored",
)
"""Changes to a labelled frame, to see whether its prediction stays."""


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One family of pictures without an answer. `rate`: the share answered with confidence,
    `allowed` classes not counted.

    `most`: the class that is named most often where it is answered with confidence and none may be,
    on `n_most` pictures; empty, 0 where none is. `auroc` and `fpr95` hold the confidence on the
    model's own frames against that on these; NaN where it answered no frame of its own.
    """

    family: str
    n: int
    n_confident: int
    allowed: tuple[str, ...]
    rate: Estimate
    auroc: float
    fpr95: float
    most: str = ""
    n_most: int = 0


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """One way of taking something from a frame, and the share of answers that stay; "na" with the
    reason where it cannot be told."""

    probe: str
    kept: Estimate


@dataclass(frozen=True, slots=True)
class OodResults:
    """`threshold`: confidence from which an answer counts as confident. `named`: `background`,
    `texture`, what the model leans on."""

    model: str
    seed: int
    threshold: float
    families: tuple[FamilyRow, ...]
    shortcuts: tuple[ShortcutRow, ...]
    named: tuple[str, ...]


# Severity sweep, what it found: one row for each corruption, severity and set of frames.

CLEAN = "none"  # the corruption of the row that all others of a set are compared with
SEVERITIES = MappingProxyType({"mild": 1.0, "moderate": 3.0, "severe": 5.0})
# the order of work: where a model tips at all, it mostly tips at moderate
MODERATE_FIRST = (3.0, 1.0, 5.0)


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One cell of the heat table. `family` is the cause its formula stands under, empty for the
    clean row.

    `value` is the share right (as the headline in the field, plain on the benchmark; "na" on
    footage, which nobody labels), `drop` the clean value less it on the same frames, `flips` the
    share of answers that differ from the clean ones (detection: one less the match of the boxes),
    `sure_wrong` the share that is wrong and at least nine tenths sure. `median_confidence` is NaN
    where no answer had one. `tipping` is the severity at which the corruption first costs twenty
    points, None where none swept does; it and `auc`, the area under the severity curve over that of
    a model that loses nothing, are those of the whole corruption on this set. `psnr` (decibel) and
    `ssim` tell how like the original its benchmark pictures still are, in the median; None
    elsewhere and where none was measured.
    """

    corruption: str
    family: str
    severity: float
    on: On
    value: Estimate = field(metadata=published_as("estimate"))
    drop: Estimate
    flips: Estimate = field(metadata=published_as("flip_rate"))
    confident_wrong: Estimate = field(metadata=published_as("sure_wrong"))
    median_confidence: float
    tipping: float | None = field(default=None, metadata=published_as(None))
    auc: float | None = None
    psnr: float | None = None
    ssim: float | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """`rows`: for each set first the clean one, then corruption by corruption from mild to severe.
    `mce` pairs a set with its mean corruption error; `partial` names the sets of which some frames
    are not answered yet."""

    model: str
    seed: int
    rows: tuple[SweepRow, ...]
    mce: tuple[tuple[On, float], ...]
    partial: tuple[On, ...] = ()

    def get_tipping_severities(self) -> tuple[tuple[str, On, float | None], ...]:
        """Each corruption with the set it was swept on and the severity at which it tips the
        model."""
        severities = {
            (row.corruption, row.on): row.tipping for row in self.rows if row.corruption != CLEAN
        }
        return tuple(
            (corruption, set_name, severity)
            for (corruption, set_name), severity in severities.items()
        )
