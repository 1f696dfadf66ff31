"""Output kinds: what the tensors of a model's answer are, one entry each: logits, YOLO grids, DETR queries, masks, anomaly scores.

A new one is a decoder in a module of `inference`, an entry here and its test: `docs/extending.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class OutputKind:
    """One kind, as `output.kind` of a card names it: the tasks whose answers it carries, and the module of `inference` that decodes it.

    `suppressed_here`: the graph leaves the choice among overlapping boxes to the reader (NMS). `from_several`: read from all named tensors,
    or from all there are. `holds_integers`: labels or class maps may come as integers. `one_picture`: exports may take a single picture
    without a batch axis. `grid`: a row of the output is a cell of a grid over the picture. `open_ended`: its scores may pass 1.
    `no_background`: no row or column of it stands for the background, so that a list of classes that names one is longer than the output,
    or names a class that the model was trained with. `shape`: what its tensors look like for one picture, for who has another; K classes,
    N boxes, M mask coefficients.
    """

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


OUTPUT_KINDS = (
    OutputKind("logits", ("classification", "multilabel"), "decode_classes", shape="1×K"),
    OutputKind("softmax", ("classification",), "decode_classes", shape="1×K"),
    OutputKind("sigmoid", ("classification", "multilabel"), "decode_classes", shape="1×K"),
    OutputKind("yolo", ("detection",), "decode_yolo", suppressed_here=True, grid=True, no_background=True, shape="1×(4+K)×N"),
    OutputKind("yolo_obj", ("detection",), "decode_yolo", suppressed_here=True, grid=True, no_background=True, shape="1×N×(5+K)"),
    OutputKind("yolo_end2end", ("detection",), "decode_yolo", no_background=True, shape="1×N×6"),
    OutputKind("yolox", ("detection",), "decode_yolox", suppressed_here=True, grid=True, no_background=True, shape="1×N×(5+K)"),
    OutputKind("ssd", ("detection",), "decode_ssd", suppressed_here=True, from_several=True, shape="1×N×(K+1), 1×N×4"),
    OutputKind("detr", ("detection",), "decode_detr", from_several=True, shape="1×N×K, 1×N×4"),
    OutputKind(
        "torchvision", ("detection",), "decode_torchvision", from_several=True, holds_integers=True, one_picture=True, shape="N×4, N, N"
    ),
    OutputKind("masks", ("segmentation",), "decode_masks", holds_integers=True, shape="1×K×H×W"),
    OutputKind(
        "instance_masks",
        ("instance",),
        "decode_instances",
        from_several=True,
        holds_integers=True,
        one_picture=True,
        shape="1×(4+K+M)×N, 1×M×H×W",
    ),
    OutputKind("anomaly", ("anomaly",), "decode_anomaly", open_ended=True, shape="1×1"),
    OutputKind("anomaly_map", ("anomaly",), "decode_anomaly", open_ended=True, shape="1×1×H×W"),
)

PLUGIN = "plugin:"
"""What the name of a kind begins with that a decoder of the entry points `fieldcheck.decoders` reads."""


class _Kinds(dict[str, OutputKind]):
    """The kinds by name; one of a plug-in is made when it is asked for, whether or not that is installed here."""

    def __missing__(self, name: str) -> OutputKind:
        if not is_plugin(name):
            raise KeyError(name)
        return OutputKind(name, ("detection",), "decode_plugin", suppressed_here=True, from_several=True)


BY_NAME = MappingProxyType(_Kinds({one.name: one for one in OUTPUT_KINDS}))


def is_plugin(kind: str) -> bool:
    """Whether a kind is read by a plug-in."""
    return kind.startswith(PLUGIN) and len(kind) > len(PLUGIN)


def list_kind_names(which: Callable[[OutputKind], bool]) -> tuple[str, ...]:
    """The names of the kinds that are so, in their order."""
    return tuple(one.name for one in OUTPUT_KINDS if which(one))
