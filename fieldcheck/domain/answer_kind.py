"""Answer kinds: how a model of each task answers, what a label for such an answer is, and what both sides of the gap are scored with.

The one place where a task is told from another. Whatever is done differently for different answers is a `ByKind`, looked up with the
card's `answers`; a new kind is a new field of it, and the type checker names every table that does not have it yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, Literal, TypeVar, cast

Task = Literal["classification", "multilabel", "detection", "segmentation", "instance", "anomaly"]
Labels = Literal["class", "boxes", "points", "none"]
Metric = Literal["accuracy", "frame_score", "point_score"]
METRIC_NAMES: Mapping[str, str] = MappingProxyType(
    {"accuracy": "accuracy", "balanced": "balanced_accuracy", "map": "map", "map50": "map50", "recall": "recall", "frame": "frame_score"}
)  # as a person names it → as it is stored
Name = Literal["one_class", "several_classes", "boxes", "class_map"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """How a frame is answered, laid out as in `domain.prediction`. `labels`: what a person gives a frame, `none` where labels for such
    answers are not taken and models are only run and shown; `metric`: what benchmark and field are scored with. `further`: metrics that a
    score may be stated in, and the gap be told in, instead.

    `independent`: (K,) sigmoids, each for itself, and no probabilities that exclude each other. `keeps_masks`: labels are held against
    the map itself, so that the maps of the picks are stored beside the answers.
    """

    name: Name
    labels: Labels
    metric: Metric
    independent: bool = False
    keeps_masks: bool = False
    further: tuple[str, ...] = ()


ONE_CLASS = AnswerKind("one_class", labels="class", metric="accuracy", further=("balanced_accuracy",))
SEVERAL_CLASSES = AnswerKind("several_classes", labels="none", metric="accuracy", independent=True)
BOXES = AnswerKind("boxes", labels="boxes", metric="frame_score", further=("map", "map50", "recall"))
CLASS_MAP = AnswerKind("class_map", labels="points", metric="point_score", keeps_masks=True)
ALL_ANSWER_KINDS = (ONE_CLASS, SEVERAL_CLASSES, BOXES, CLASS_MAP)

ANSWER_KINDS: Mapping[Task, AnswerKind] = MappingProxyType(
    {
        "classification": ONE_CLASS,
        "multilabel": SEVERAL_CLASSES,
        "detection": BOXES,
        "segmentation": CLASS_MAP,
        "instance": BOXES,  # a mask a box beside them; what is labelled and scored are the boxes
        "anomaly": ONE_CLASS,  # in order or not
    }
)


@dataclass(frozen=True, slots=True)
class ByKind(Generic[T]):
    """One thing for each kind of answer, none forgotten: `TABLE[card.answers]`."""

    one_class: T
    several_classes: T
    boxes: T
    class_map: T

    def __getitem__(self, kind: AnswerKind) -> T:
        return cast(T, getattr(self, kind.name))


def get_answer_kind(task: str) -> AnswerKind:
    """How a model of this task answers. Raises ValueError for a word that is no task."""
    for known, kind in ANSWER_KINDS.items():
        if known == task:
            return kind
    raise ValueError(f"no task is called {task!r}")
