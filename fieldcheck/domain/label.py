"""Labels of picked frames with their boxes, the acts of labelling, label reviews, blind repeats,
picks, and the labelled reference set."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.safe_text import CONTROLS, LONGEST_NAME

# A rectangle on a frame with the class a person gave it.


@dataclass(frozen=True, slots=True)
class Box:
    """`x`, `y` are the top-left corner; all figures are pixels of the original frame.

    `crowd`: stands for many objects; `occluded`: something hides a part of it; `truncated`: the
    edge of the frame cuts it off.
    """

    class_name: str
    x: float
    y: float
    w: float
    h: float
    crowd: bool = False
    occluded: bool = False
    truncated: bool = False

    def __post_init__(self) -> None:
        if not all(isfinite(v) for v in (self.x, self.y, self.w, self.h)):
            raise ValueError(f"box with a figure that is not finite: {self}")
        if self.w < 0 or self.h < 0:
            raise ValueError(f"box with a negative side: {self.w} x {self.h}")


@dataclass(frozen=True, slots=True)
class Point:
    """A labelled point, pixels of the original frame."""

    class_name: str
    x: float
    y: float


State = Literal["done", "unsure", "skipped"]
TaskTool = Literal["cvat", "label-studio"]  # labelling programs that the picks can be given to
FurtherExport = Literal[
    "albumentations",
    "recipe",
    "poison",
    "augmented",
    "suspects",
    "frames",
    "thresholds",
    "mlflow",
    "ablation",
]
"""What is exported besides labels in their formats."""
SplitGroup = Literal["clip", "recording", "camera", "location"]
"""What stays together on one side of a split."""


def is_class_name(text: str) -> bool:
    """Whether a class may be called so, wherever the name comes from: a model card, a list of
    classes, a label file."""
    return bool(text.strip()) and len(text) <= LONGEST_NAME and not CONTROLS.search(text)


@dataclass(frozen=True, slots=True)
class Label:
    """`class_name` for classification (empty for boxes); no boxes and state `done` on a detection
    project means "nothing here".

    `why` is the reason of a skip; `at` ISO 8601 UTC; `seconds` what it took, NaN where not known;
    `blind`: the model's answer was hidden (None: not known, as for files).
    """

    frame_id: str
    state: State
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
    why: str = ""
    by: str = ""
    at: str = ""
    seconds: float | None = None
    blind: bool | None = None

    def __post_init__(self) -> None:
        if self.state != "done" and (self.class_name or self.boxes or self.points):
            raise ValueError(f"a frame that is {self.state} carries no answer: {self.frame_id}")

    @property
    def names(self) -> tuple[str, ...]:
        """The class, or that of each box and point; nothing where nothing is."""
        return _list_class_names(self)


def _list_class_names(answer: Label | Repeat) -> tuple[str, ...]:
    if answer.class_name:
        return (answer.class_name,)
    boxes, points = answer.boxes, answer.points
    return (*(box.class_name for box in boxes), *(point.class_name for point in points))


ANSWERS = ("class", "same", "burst", "boxes", "points", "nothing", "unsure", "skip")
"""Actions that say something about a frame; beside them there is `back`, which takes the newest one
back."""


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """`shown` and `at`: ISO 8601 UTC, when the frame stood on the screen and when it was answered;
    `seconds` between the two, None where nobody saw it (a whole burst answered at once). `n_keys`,
    `n_clicks` since the frame was shown; `loupe_ms` the loupe was open; `lifted`: shadows were
    lifted; `blind`: the model's answer was hidden; `undo_of` the event that `back` takes back, 0
    for none.
    """

    frame_id: str
    action: str
    shown: str
    at: str
    seconds: float | None
    n_keys: int
    n_clicks: int = 0
    loupe_ms: int = 0
    lifted: bool = False
    blind: bool = True
    by: str = ""
    undo_of: int = 0


@dataclass(frozen=True, slots=True)
class LabelDraft:
    """Boxes or points in the order in which they were drawn."""

    frame_id: str
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()


# Label review: what somebody said who looked again at a frame on which label and model disagree.

ReviewAnswer = Literal["model_wrong", "label_wrong", "cannot_tell"]
LabelledSet = Literal["field", "benchmark"]
SIDES: tuple[LabelledSet, ...] = ("field", "benchmark")
LOOK_ANSWERS: tuple[ReviewAnswer, ...] = ("model_wrong", "label_wrong", "cannot_tell")


@dataclass(frozen=True, slots=True)
class LabelReview:
    """`subject`: a frame id, or `benchmark:` and a path. `of_label`: what the label said then, so
    that a look at a label that was changed since no longer counts. Where the label was wrong,
    `class_name` or `boxes` hold what stands in its place; the label itself stays."""

    subject: str
    answer: ReviewAnswer
    of_label: str
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    by: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        if self.answer not in LOOK_ANSWERS:
            raise ValueError(f"none of {', '.join(LOOK_ANSWERS)}: {self.answer!r}")
        if self.answer != "label_wrong" and (self.class_name or self.boxes):
            raise ValueError(f"a label that stands is not replaced: {self.subject}")


def format_label(class_name: str, boxes: tuple[Box, ...], points: tuple[Point, ...] = ()) -> str:
    """A label as one text: its class, or its boxes and points to a tenth of a pixel, in a fixed
    order."""
    if class_name or not (boxes or points):
        return class_name
    lines = [f"{box.class_name} {box.x:.1f} {box.y:.1f} {box.w:.1f} {box.h:.1f}" for box in boxes]
    return ";".join(
        sorted((*lines, *(f"{point.class_name} {point.x:.1f} {point.y:.1f}" for point in points)))
    )


# A frame that is labelled a second time without sight of the first label, to learn how far labels
# can be trusted.

RepeatKind = Literal["same", "other"]


@dataclass(frozen=True, slots=True)
class Repeat:
    """One frame of round `round`, shown as number `place`. `how`: by the `same` person, minutes
    later, or by an `other` one. `state` is empty until it is answered; what follows it is as in
    `Label`."""

    frame_id: str
    round: int
    place: int
    how: RepeatKind
    state: State | Literal[""] = ""
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
    by: str = ""
    at: str = ""
    why: str = ""
    seconds: float | None = None
    blind: bool | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The class, or that of each box and point; nothing where nothing is."""
        return _list_class_names(self)

    @property
    def repeat_id(self) -> str:
        """Its name: a frame comes once a round."""
        return f"{self.round}.{self.frame_id}"


# The frames chosen for labelling, and how they were chosen.

Design = Literal["balanced", "even", "light", "hard"]
DESIGNS: tuple[Design, ...] = ("balanced", "even", "light", "hard")
LARGEST_SEED = 2**63 - 1
SHARED_FRAMES = 20  # that both of two people label, so that agreement can be measured
"""Largest integer that the database stores."""
WHYS_OUT = ("other_product", "camera_fault", "unusable")
"""Reasons to exclude a frame. A visible person is none: such frames are marked, and scored."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """`listed` frames of which `picked` were drawn."""

    name: str
    listed: int
    picked: int


@dataclass(frozen=True, slots=True)
class Draw:
    """One act of choosing. `components` are the hardness parts used with their renormalised
    weights.

    `seed_typed`: a person gave the seed; `labels_existed`: some label stood when it was drawn.
    """

    draw_id: int
    design: Design
    seed: int
    seed_typed: bool
    count: int
    census: bool
    strata: tuple[Stratum, ...]
    components: tuple[tuple[str, float], ...]
    model_sha256: str
    created: str
    labels_existed: bool

    @property
    def n_listed(self) -> int:
        return sum(stratum.listed for stratum in self.strata)


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """The place of one listed frame in one draw: filled for every listed frame, picked or not.
    `hardness` is in [0, 1]."""

    draw_id: int
    frame_id: str
    stratum: str
    hardness: float


@dataclass(frozen=True, slots=True)
class Pick:
    """A frame to be labelled. `probability` is NaN where nothing was drawn; `weight` =
    listed/picked of its stratum.

    `place` is its position in the random order in which it is shown; `file` is its lossless
    picture, relative to the project; `reason` is a code such as `doubt+blur`; `taken_out` is empty
    or why it was taken out before labelling.
    """

    frame_id: str
    draw_id: int
    stratum: str
    probability: float
    weight: float
    reason: str
    place: int
    file: str
    taken_out: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """`person`: somebody can be seen or recognised, so the frame is scored, never shown in a
    gallery, and exported only where that was asked for; `expert`: somebody who knows the parts
    better shall look at it."""

    frame_id: str
    person: bool = False
    expert: bool = False
    by: str = ""


# The labelled reference set and the score claimed on it.

Kind = Literal["clean", "damaged", "collected"]


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """One labelled picture. `path` is relative to the benchmark, with `/`. Either a class, or
    boxes, or points inside the things that masks are held to (none: nothing to find)."""

    path: str
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The class, or that of each box, or of each point; nothing where nothing is."""
        return (
            (self.class_name,)
            if self.class_name
            else tuple(shape.class_name for shape in self.boxes or self.points)
        )


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`root`: where its pictures lie, absolute or below the project; `format`: how its labels were
    kept; `claimed`: a fraction or None."""

    root: str
    format: str
    claimed: float | None
    classes: tuple[str, ...]
    items: tuple[BenchmarkItem, ...]


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """`name` tells collected sets apart and is empty for the others. `n` pictures are there;
    `score` is "na" with the reason where the set does not exist (`no_set`), is gone or spoilt
    (`gone`) or was not run yet (`not_run`)."""

    kind: Kind
    name: str
    n: int
    score: Estimate
