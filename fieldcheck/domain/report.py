"""Decision page of a report, change from an earlier report, form (sections and notes), the rates of
OK/NG inspection, and the description of a chart, which report and window draw alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any, Literal

from fieldcheck.csv_json_xml import published_as
from fieldcheck.domain.estimate import (
    FEW_FRAMES,
    NO_SUSPECTS,
    ChangeVerdict,
    Direction,
    Estimate,
    LimitState,
)
from fieldcheck.domain.frame import PartCall, PartSource
from fieldcheck.i18n.language import Msgid, msgid
from fieldcheck.safe_text import clean_name

CONFIDENT = 0.9  # an error from this confidence on is a confident one
HALF = 0.5  # findings that share this part of the smaller one's frames are one
LOWEST_PRECISION = 0.5  # at least every second frame that is called so shall be so (ours)
REVIEWED_SHARE = 0.10  # that is sent to a person unless another is asked for


@dataclass(frozen=True, slots=True)
class Overlap:
    """`shared` of a finding's frames are also in the slice `key` = `value`."""

    key: str
    value: str
    shared: int


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A slice that falls behind. `difference`: accuracy of the rest less that of the slice, recall
    for the objects of a detector; `overlaps`: slices that are the same finding; `pictured`: the
    frame of its most confident error, empty where none may be shown. `more` and `waiting` belonged
    to suspected slices and are None for one release, with the reason in `more_reason`."""

    key: str
    value: str
    demonstrated: bool
    n: int
    clips: int
    estimate: Estimate
    difference: Estimate
    overlaps: tuple[Overlap, ...]
    pictured: str
    more: int | None = None
    waiting: int | None = None
    more_reason: str = NO_SUSPECTS


@dataclass(frozen=True, slots=True)
class MissRate:
    """`missed`: the chance that a slice of `n` frames that is 20 points behind is not demonstrated
    by a draw like this one."""

    n: int
    missed: float


@dataclass(frozen=True, slots=True)
class LimitedRate:
    """A rate that a person can set a limit for: its key in projects and documents, with dashes its
    option in the terminal, of which `option_help` tells what it sets; and its name in reports."""

    code: str
    name: Msgid
    option_help: str


LIMITED_RATES = (
    LimitedRate(
        "escape_rate",
        msgid("Escape rate"),
        "Maximum share of defects passed as OK, a fraction such as 0.01.",
    ),
    LimitedRate(
        "false_reject_rate", msgid("False-reject rate"), "Maximum share of good parts rejected."
    ),
    LimitedRate(
        "confident_errors",
        msgid("Confident errors"),
        "Maximum share of errors at confidence 0.90 or more.",
    ),
)
LARGEST_LATENCY_MS = 3_600_000.0
RATES = tuple(limited_rate.code for limited_rate in LIMITED_RATES)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Largest `rate` that is accepted, the code of one of `LIMITED_RATES`, a fraction; `by`: who
    decided it, on `date` (ISO 8601), both empty where nobody noted it."""

    rate: str
    limit: float
    by: str
    date: str = ""


LimitCause = Literal[
    "",
    "interval",
    "second_look",
    "few_clips",
    "not_reproduced",
    "no_labels",
    "no_benchmark",
    "no_interval",
    "no_run",
    "other_machine",
    "too_short",
    "not_measured",
]
"""Why a limit is open; `interval`: the interval contains it; `second_look`: only the longer arms of
a further look at labels that grew do."""


@dataclass(frozen=True, slots=True)
class JudgedLimit:
    """A limit and what was measured against it by the camera interval. `code`: `gap`, `latency` or
    one of `LIMITED_RATES`; `limit` and `estimate` are fractions, of `latency` milliseconds at the
    95th percentile. `by` and `date`: who set it and when, empty where nobody noted it; `confirmed`:
    somebody set it, else it is the default. `cause`: why it is inconclusive. `looks`: at labels
    that grew, this one included."""

    code: str
    limit: float
    by: str
    date: str
    confirmed: bool
    estimate: Estimate
    state: LimitState
    cause: LimitCause = ""
    looks: int = field(default=1, metadata=published_as(None))


@dataclass(frozen=True, slots=True)
class Decision:
    """`confident_errors`: share of frames that are wrong at confidence 0.9 or more, on this footage
    and, with three clips or more, on these cameras. `missed_objects`, `false_alarms`: of a
    detector, a frame. `right`, `wrong`: answers by confidence, in tenths, unweighted. `waiting`:
    picks without a label; `drawable`: frames that the next draw would take from. `findings` are
    demonstrated; `largest`: three that lie furthest behind of those that are not."""

    confident_errors: Estimate
    confident_errors_cameras: Estimate
    missed_objects: Estimate | None
    false_alarms: Estimate | None
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    findings: tuple[ReportedFinding, ...]
    miss_rate: MissRate | None
    waiting: int
    drawable: int
    limits: tuple[RateLimit, ...]
    largest: tuple[ReportedFinding, ...] = ()


# Change from an earlier report to this one: scores with the interval of their difference, and what
# was measured in another way.

Setup = Literal["metric", "model", "card", "benchmark", "draw", "limit"]
"""What two reports can differ in beside their figures; `draw`: other frames were labelled."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """`name`: `benchmark`, `field`, `gap`, or a class, whose recall it is then (`of_class`).
    `change`: now less before, fractions. `verdict`: of a change that was computed frame by frame;
    None where only the two intervals are known."""

    name: str
    of_class: bool
    before: Estimate
    now: Estimate
    change: Estimate
    verdict: ChangeVerdict | None = field(default=None, metadata=published_as(None))

    @property
    def direction(self) -> Direction:
        """What is demonstrated of the change."""
        return (self.verdict or ChangeVerdict.from_limits(self.change)).direction


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A demonstrated finding, the slice `key` = `value`, that the earlier report had (`before`) or
    this one has (`now`), or both."""

    key: str
    value: str
    before: bool
    now: bool


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A line of the checklist that was judged otherwise: states as in `CheckRow`."""

    rule: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ReportChange:
    """`since`: the earlier report's moment, ISO 8601; `project` and `model`: its names; `named`:
    somebody asked for this one, else it is the last of this project. `same_frames`: both scores
    come from the same draws of the same recordings, so their errors go together and the true range
    of the change is narrower. `scores` is empty where the two are not comparable: another metric.
    """

    since: str
    project: str
    model: str
    named: bool
    same_frames: bool
    differs: tuple[Setup, ...]
    scores: tuple[ScoreChange, ...]
    findings: tuple[FindingChange, ...]
    rules: tuple[RuleChange, ...]


# Form of a report: which sections of its appendix somebody left out on purpose, and what they wrote
# beside the figures.

MOST_NOTES = 4_000
"""Characters of the notes that a report holds."""


@dataclass(frozen=True, slots=True)
class ReportForm:
    """`left_out` are keys of sections; `notes` free text, its paragraphs apart by line ends;
    `everything`: paper has every section, and not five sheets; `one_page`: the first sheet alone.
    Nothing of it changes a figure."""

    left_out: tuple[str, ...] = ()
    notes: str = ""
    everything: bool = False
    one_page: bool = field(default=False, metadata=published_as(None))


# Inspection of parts: which classes mean OK, and how often a defect is passed as OK or a good part
# rejected.

# Plant figures: defect rate, parts a day and prices as the plant entered them, and what a measured
# rate means with them.

MILLION = 1_000_000
LARGEST_FIGURES = {"defect_ppm": 1e6, "parts_per_day": 1e9, "cost_escape": 1e9, "cost_reject": 1e9}
"""Largest figure that is taken, by its name."""
Basis = Literal["footage", "cameras"]


@dataclass(frozen=True, slots=True)
class PlantFigures:
    """`defect_ppm`: defective of a million parts made; `cost_escape`, `cost_reject`: price of one
    escape and of one false reject in `currency` (ISO 4217). None or empty: not entered, and there
    is no default. `by`: who entered them, each once."""

    defect_ppm: float | None = None
    parts_per_day: float | None = None
    cost_escape: float | None = None
    cost_reject: float | None = None
    currency: str = ""
    by: tuple[str, ...] = ()

    @property
    def shares(self) -> tuple[float | None, float | None]:
        """Defective and good share of the parts made; None without a defect rate."""
        if self.defect_ppm is None:
            return None, None
        return self.defect_ppm / MILLION, (MILLION - self.defect_ppm) / MILLION


@dataclass(frozen=True, slots=True)
class CostInterval:
    """A rate of `n` frames times the plant's figures, with the rate's own 95 % limits; `basis`:
    what the limits hold for."""

    value: float
    lo: float
    hi: float
    n: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class PlantConsequences:
    """Escapes and false rejects of a million parts made, and their cost a day in the currency of
    `figures`; None: a figure is not entered, is zero, or fewer than ten frames were labelled
    (methods 1.2c)."""

    figures: PlantFigures
    escaped_ppm: CostInterval | None
    rejected_ppm: CostInterval | None
    escape_cost: CostInterval | None
    reject_cost: CostInterval | None


OK_NAMES = frozenset(
    {
        "ok",
        "okay",
        "good",
        "pass",
        "gut",
        "io",
        "i.o.",
        "in_ordnung",
        "normal",
        "no_defect",
        "defect_free",
    }
)
"""Class names that are proposed as OK until a person sets the OK classes."""


@dataclass(frozen=True, slots=True)
class RatedPart:
    """One labelled part: its clip and listed `frames`; `labelled` of them carry a label and
    `answered` an answer of the model, which called `called` of them defective. `defect`: a label
    shows one; `rejected`: the model's decision on the part; `weight`: one over the chance that at
    least one of its frames was drawn."""

    part: str
    clip_id: str
    frames: tuple[str, ...]
    answered: int
    labelled: int
    defect: bool
    called: int
    rejected: bool
    weight: float


@dataclass(frozen=True, slots=True)
class PartUnits:
    """Parts as the units of the rates (methods 3.4). `source`, `definition`: where parts come from;
    a part is rejected where `call` (any, all, at_least `least`) of its frames are. `n_listed` parts
    in the footage, `n_labelled` of them labelled, which show `n_frames` frames, `n_answered` of
    these with an answer; `defect_clips`: clips that show a labelled part with a defect."""

    source: PartSource
    definition: str
    call: PartCall
    least: int
    n_listed: int
    n_labelled: int
    n_frames: int
    n_answered: int
    defect_clips: int
    rows: tuple[RatedPart, ...] = field(default=(), metadata=published_as(None))


@dataclass(frozen=True, slots=True)
class EscapeRates:
    """Escape rate (defects passed as OK) and false-reject rate (good parts called defective),
    weighted like the headline (methods 1.2b).

    `ok_classes`; `told`: somebody said so, else proposed from the names. `escape`, `false_reject`
    describe this footage; `escape_cameras`, `false_reject_cameras` other clips of the cameras.
    `escaped` of `defects` and `rejected` of `good` labelled frames; `plant`: ppm and cost a day,
    None unless the plant's own figures are entered. `parts`: the units are parts, and all counts
    are of parts; None: frames. `escape_below`: rate excluded with 95 % confidence (one-sided)
    where no part escaped; `parts_to_show` took frames for independent parts: null for one release.
    Of frames both are null, with `parts_reason`.
    """

    ok_classes: tuple[str, ...]
    told: bool
    escape: Estimate
    escape_cameras: Estimate
    escaped: int
    defects: int
    false_reject: Estimate
    false_reject_cameras: Estimate
    rejected: int
    good: int
    plant: PlantConsequences | None = None
    escape_below: float | None = None
    parts_to_show: tuple[int, ...] | None = None
    parts_reason: str = "frames_are_no_parts"
    parts: PartUnits | None = None


def guess_ok_classes(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes whose names say that a part is good; none where the names do not tell, or all of
    them would."""
    names = tuple(
        name
        for name in classes
        if name.strip().lower().replace(" ", "_").replace("-", "_") in OK_NAMES
    )
    return names if len(names) < len(classes) else ()


# Description of a chart: its axes, series, marks and rules, what it says in words and its table.
# Report and window draw it alike.

SeriesKind = Literal["bars", "points", "line"]
MarkShape = Literal["disc", "square", "triangle", "ring", "none"]
Fill = Literal["full", "empty", "grey"]


@dataclass(frozen=True, slots=True)
class PlotMark:
    """`x`, `y` in the units of the axes; `lo`, `hi` the 95 % limits of `y`, NaN where there are
    none; of a bar `base` is its other end. `row`: its line of the table; `frames`: ids of the
    frames behind it."""

    x: float
    y: float
    row: tuple[str, ...]
    lo: float = nan
    hi: float = nan
    base: float = 0.0
    frames: tuple[str, ...] = ()

    @property
    def has_limits(self) -> bool:
        """Whether it has limits to draw."""
        return isfinite(self.lo) and isfinite(self.hi)


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """Marks of one kind. `width` of a bar in units of x; `band`: limits are a band along the line,
    else a whisker on each mark; `listed`: its marks stand in the table; `name` tells it from others
    of its chart."""

    kind: SeriesKind
    marks: tuple[PlotMark, ...]
    shape: MarkShape = "disc"
    fill: Fill = "full"
    dashed: bool = False
    band: bool = False
    width: float = 0.0
    listed: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class PlotRule:
    """A line through the whole chart: at a value of y where it is `level`, else of x; `mark` stands
    at its end, beside the drawing."""

    at: float
    level: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PlotAxis:
    """From `lo` to `hi`; `ticks` pair a value with its finished text, units included; `name` says
    what is measured along it."""

    lo: float
    hi: float
    ticks: tuple[tuple[float, str], ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart. `section`: anchor of the section of the report that shows it; `alt_text`: what it
    shows in words, with its n; `column_titles` of its table. `diagonal`: a dashed line from corner
    to corner. `figures`: those that `alt_text` has beside the marks'. `how`: the beginning of
    `alt_text` that all charts of its kind share, told once where several stand together."""

    section: str
    title: str
    alt_text: str
    x: PlotAxis
    y: PlotAxis
    series: tuple[PlotSeries, ...]
    column_titles: tuple[str, ...]
    rules: tuple[PlotRule, ...] = ()
    diagonal: bool = False
    figures: tuple[float, ...] = ()
    how: str = ""

    @property
    def marks(self) -> tuple[PlotMark, ...]:
        """Marks that stand in the table, in its order."""
        return tuple(mark for series in self.series if series.listed for mark in series.marks)


@dataclass(frozen=True, slots=True)
class GapChart:
    """Dumbbell chart of the gap; what was not measured is None. `field` with its range over this
    footage, `camera` over other clips of its cameras; `labels` of benchmark, field and the line
    between them; `axis` of shares; `alt_text`: all of it in words. `claimed`: the stated reference
    score; `limit`: the lowest field score within the limit of the gap; `ceiling`: what no model
    exceeds on labels as noisy as these; `last`: the field score of the report before."""

    benchmark: Estimate | None
    field: Estimate | None
    camera: Estimate | None
    labels: tuple[str, str, str]
    axis: PlotAxis
    alt_text: str
    claimed: float | None = None
    limit: float | None = None
    ceiling: float | None = None
    last: float | None = None

    @property
    def has_few_frames(self) -> bool:
        """Whether the mark of the field is hollow: below ten frames."""
        return self.field is not None and self.field.n < FEW_FRAMES


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score as a row of a table and as a mark on its scale of shares. `n` pictures or answers;
    `figure` is what the cell says; `rule`: where dashes stand, such as the score of all frames;
    `sign` stands before the name."""

    name: str
    n: int
    figure: str
    estimate: Estimate
    rule: float | None = None
    sign: str = ""

    @property
    def has_few_frames(self) -> bool:
        """Whether its mark is hollow: below ten frames."""
        return self.estimate.n < FEW_FRAMES


# What a customer and a plant agree on for the acceptance of an inspection: configuration, planned
# sample, terms and signers.


@dataclass(frozen=True, slots=True)
class AcceptanceField:
    """One text that a person fills in. `code`: its name in documents and options; `name`: on the
    page; `option_help`: of the terminal."""

    code: str
    name: Msgid
    option_help: str


CONFIGURATION = (
    AcceptanceField("camera", msgid("Camera"), "Camera type and serial number."),
    AcceptanceField("lens", msgid("Lens"), "Lens, aperture and working distance."),
    AcceptanceField("light", msgid("Light"), "Light source and its setting."),
    AcceptanceField("exposure", msgid("Exposure"), "Exposure time, gain and trigger."),
    AcceptanceField("software", msgid("Software"), "Inspection software and its version."),
)
TERMS = (
    AcceptanceField("conditions", msgid("Conditions"), "Conditions for which the result holds."),
    AcceptanceField("validity", msgid("Validity"), "How long the acceptance is valid."),
    AcceptanceField("retest", msgid("Repeat test"), "What requires a repeat of the test."),
)
SIGNERS = (
    AcceptanceField("customer", msgid("Customer"), "Person who signs for the customer."),
    AcceptanceField("production", msgid("Production"), "Person who signs for production."),
)
TEXTS = (*CONFIGURATION, *TERMS, *SIGNERS)
NUMBERS = ("planned_parts", "planned_shifts", "parts_per_shift")
MOST = 10**9  # largest number that is taken


@dataclass(frozen=True, slots=True)
class AcceptanceTerms:
    """Texts by the codes of `TEXTS`, empty where not given. `planned_parts` with a defect in
    `planned_shifts`: the sample that was planned; `parts_per_shift` produced; None: not given.
    `by`: who entered it last."""

    camera: str = ""
    lens: str = ""
    light: str = ""
    exposure: str = ""
    software: str = ""
    conditions: str = ""
    validity: str = ""
    retest: str = ""
    customer: str = ""
    production: str = ""
    planned_parts: int | None = None
    planned_shifts: int | None = None
    parts_per_shift: int | None = None
    by: str = ""


def is_number_of_parts(value: object) -> bool:
    """Whether a value is a number of parts or shifts, from 1 to `MOST`."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST


def parse_acceptance_terms(stored: object) -> AcceptanceTerms:
    """Terms as a project stores them; what no version can have written is left out."""
    values: dict[str, Any] = stored if isinstance(stored, dict) else {}
    terms: dict[str, Any] = {
        name: clean_name(values[name])
        for name in (*(field.code for field in TEXTS), "by")
        if isinstance(values.get(name), str)
    }
    terms |= {name: values[name] for name in NUMBERS if is_number_of_parts(values.get(name))}
    return AcceptanceTerms(**terms)
