"""Predictions, and the kinds of model output: tasks, output tensors of each kind, and how each task
is scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Answer kinds: how a model of each task answers, what a label for such an answer is, and what both
# sides of the gap are scored
# with.

Task = Literal["classification", "multilabel", "detection", "segmentation", "instance", "anomaly"]
Labels = Literal["class", "boxes", "points", "none"]
Metric = Literal["accuracy", "frame_score", "point_score"]
METRIC_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "accuracy": "accuracy",
        "balanced": "balanced_accuracy",
        "map": "map",
        "map50": "map50",
        "recall": "recall",
        "frame": "frame_score",
        "points": "point_score",
    }
)  # as a person names it → as it is stored
Name = Literal["one_class", "several_classes", "boxes", "class_map"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """How a frame is answered, laid out as in `Prediction`. `labels`: what a person gives a frame,
    `none` where labels for such answers are not taken and models are only run and shown;
    `metric`: what benchmark and field are scored with. `further`: metrics that a score may be
    stated in, and the gap be told in, instead.

    `independent`: (K,) sigmoids, each for itself, and no probabilities that exclude each other.
    `keeps_masks`: labels are held against the map itself, so that the maps of the picks are stored
    beside the answers.
    """

    name: Name
    labels: Labels
    metric: Metric
    independent: bool = False
    keeps_masks: bool = False
    further: tuple[str, ...] = ()

    @property
    def all_metrics(self) -> tuple[str, ...]:
        """Every metric that a score of such a model may be stated in."""
        return (self.metric, *self.further)


ONE_CLASS = AnswerKind(
    "one_class", labels="class", metric="accuracy", further=("balanced_accuracy",)
)
SEVERAL_CLASSES = AnswerKind("several_classes", labels="none", metric="accuracy", independent=True)
BOXES = AnswerKind(
    "boxes", labels="boxes", metric="frame_score", further=("map", "map50", "recall")
)
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
    for known_task, kind in ANSWER_KINDS.items():
        if known_task == task:
            return kind
    raise ValueError(f"no task is called {task!r}")


# Output kinds: what the tensors of a model's answer are, one entry each: logits, YOLO grids, DETR
# queries, masks, anomaly scores.


@dataclass(frozen=True, slots=True)
class OutputKind:
    """One kind of output, as `output.kind` of a card names it: the tasks it serves, and the module
    of `models.decoders` that decodes it.

    `suppressed_here`: the graph leaves non-maximum suppression to the reader. `from_several`:
    decoded from all named output tensors, or from all there are. `holds_integers`: labels or class
    maps may be integers. `one_picture`: exports may take a single image without a batch axis.
    `grid`: an output row is a cell of a grid over the image. `open_ended`: scores may exceed 1.
    `no_background`: no row or column stands for the background, so a list of classes that names one
    is longer than the output, or names a class that the model was trained with. `shape`: shape of
    its tensors for one image, shown where another was found; K classes, N boxes, M mask
    coefficients. `foreign`: no graph answers here but a file of predictions or a function;
    `scored`: its answers carry a confidence."""

    name: str
    tasks: tuple[str, ...]
    decoder: str
    suppressed_here: bool = False
    from_several: bool = False
    holds_integers: bool = False
    one_picture: bool = False
    grid: bool = False
    open_ended: bool = False
    no_background: bool = False
    shape: str = ""
    foreign: bool = False
    scored: bool = True


OUTPUT_KINDS = (
    OutputKind("logits", ("classification", "multilabel"), "decoder", shape="1×K"),
    OutputKind("softmax", ("classification",), "decoder", shape="1×K"),
    OutputKind("sigmoid", ("classification", "multilabel"), "decoder", shape="1×K"),
    OutputKind(
        "yolo",
        ("detection",),
        "yolo",
        suppressed_here=True,
        grid=True,
        no_background=True,
        shape="1×(4+K)×N",
    ),
    OutputKind(
        "yolo_obj",
        ("detection",),
        "yolo",
        suppressed_here=True,
        grid=True,
        no_background=True,
        shape="1×N×(5+K)",
    ),
    OutputKind("yolo_end2end", ("detection",), "yolo", no_background=True, shape="1×N×6"),
    OutputKind(
        "yolox",
        ("detection",),
        "yolo",
        suppressed_here=True,
        grid=True,
        no_background=True,
        shape="1×N×(5+K)",
    ),
    OutputKind(
        "ssd",
        ("detection",),
        "detr_ssd_torchvision",
        suppressed_here=True,
        from_several=True,
        shape="1×N×(K+1), 1×N×4",
    ),
    OutputKind(
        "detr", ("detection",), "detr_ssd_torchvision", from_several=True, shape="1×N×K, 1×N×4"
    ),
    OutputKind(
        "torchvision",
        ("detection",),
        "detr_ssd_torchvision",
        from_several=True,
        holds_integers=True,
        one_picture=True,
        shape="N×4, N, N",
    ),
    OutputKind(
        "masks", ("segmentation",), "segmentation_and_anomaly", holds_integers=True, shape="1×K×H×W"
    ),
    OutputKind(
        "instance_masks",
        ("instance",),
        "segmentation_and_anomaly",
        from_several=True,
        holds_integers=True,
        one_picture=True,
        shape="1×(4+K+M)×N, 1×M×H×W",
    ),
    OutputKind("anomaly", ("anomaly",), "segmentation_and_anomaly", open_ended=True, shape="1×1"),
    OutputKind(
        "anomaly_map", ("anomaly",), "segmentation_and_anomaly", open_ended=True, shape="1×1×H×W"
    ),
)

PREDICTIONS, DECISIONS, FUNCTION = "predictions", "decisions", "function"
FOREIGN_TASKS = ("classification", "anomaly", "detection")
FILE_TASKS = (*FOREIGN_TASKS, "segmentation", "multilabel")
FOREIGN_KINDS = (
    OutputKind(PREDICTIONS, FILE_TASKS, "", foreign=True),
    OutputKind(DECISIONS, FILE_TASKS, "", foreign=True, scored=False),
    OutputKind(FUNCTION, FOREIGN_TASKS, "", foreign=True),
)
"""Answers of a file of predictions, with a confidence and without, and of a script's function."""

PLUGIN = "plugin:"
"""Prefix of kinds of output that a plug-in of the entry point `fieldcheck.decoders` decodes."""


def can_come_from_elsewhere(task: Task) -> bool:
    """Whether answers of a task are classes or boxes alone, so that a function or a device can give
    them."""
    return task in FOREIGN_TASKS


def get_foreign_task(own: Task, kinds: tuple[AnswerKind, ...]) -> Task:
    """The task of answers that came from elsewhere and may be of these kinds: that of the project
    where such answers are its, else the usual one of the first kind."""
    if own in FILE_TASKS and get_answer_kind(own) in kinds:
        return own
    usual: dict[Name, Task] = {"boxes": "detection", "class_map": "segmentation"}
    return usual.get(kinds[0].name, "classification")


class _Kinds(dict[str, OutputKind]):
    """The kinds by name; one of a plug-in is made when it is asked for, whether or not that is
    installed here."""

    def __missing__(self, name: str) -> OutputKind:
        if not is_plugin(name):
            raise KeyError(name)
        return OutputKind(name, ("detection",), "plugin", suppressed_here=True, from_several=True)


BY_NAME = MappingProxyType(
    _Kinds({output_kind.name: output_kind for output_kind in (*OUTPUT_KINDS, *FOREIGN_KINDS)})
)


def is_plugin(kind: str) -> bool:
    """Whether a kind is read by a plug-in."""
    return kind.startswith(PLUGIN) and len(kind) > len(PLUGIN)


def list_kind_names(which: Callable[[OutputKind], bool]) -> tuple[str, ...]:
    """The names of the kinds that are so, in their order."""
    return tuple(output_kind.name for output_kind in OUTPUT_KINDS if which(output_kind))


@dataclass(frozen=True, slots=True)
class Prediction:
    """`subject`: a frame id, or a benchmark item's path relative to the benchmark.

    `answer`: classification (K,) float32 probabilities (multi-label: sigmoids); detection (n, 6)
    float32 rows `x1, y1, x2, y2, score, class`, pixels of the original frame, by falling score;
    segmentation (K,) shares of the frame that the classes cover. `nan`: the model gave a figure
    that is not finite. `masks`: packed as by `imaging.masks`, empty where none are kept. `picture`:
    SHA-256 of the file that was shown, empty for a frame of the project, whose pixels are hashed
    where it is listed.
    """

    subject: str
    answer: NDArray[np.float32]
    nan: bool = False
    masks: bytes = b""
    picture: str = ""

    def __post_init__(self) -> None:
        if self.answer.dtype != "float32" or self.answer.ndim not in (1, 2):
            raise ValueError(
                f"an answer is (K,) or (n, 6) float32, not {self.answer.shape} {self.answer.dtype}"
            )
        self.answer.flags.writeable = False
