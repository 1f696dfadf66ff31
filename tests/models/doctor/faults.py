"""Faults with parameters drawn at random: each makes a sound model or its card wrong in one way.
Its name is the code to tell it by."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.domain.model_card import dump_card
from tests.models.doctor.patients import Patient
from tests.models.doctor.signs import save

MEANS = ((0.485, 0.456, 0.406), (0.5, 0.5, 0.5), (0.0, 0.0, 0.0))
DEVIATIONS = ((0.229, 0.224, 0.225), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), (1.0, 1.0, 1.0))


@dataclass(frozen=True, eq=False)
class Ill:
    """`card` may make no sense to the file. `by`: the parameters drawn; `base`: the model that it
    was made lighter from."""

    model: onnx.ModelProto
    card: dict[str, Any]
    by: str
    base: onnx.ModelProto | None = None

    def written(self, folder: Path) -> tuple[Path, Path, Path | None]:
        """Model, card and base as files."""
        folder.mkdir(parents=True, exist_ok=True)
        card = folder / "m.card.json"
        card.write_text(json.dumps(self.card))
        base = save(self.base, folder / "whole.onnx") if self.base is not None else None
        return save(self.model, folder / "m.onnx"), card, base


Fault = Callable[[Patient, np.random.Generator], Ill | None]


def on_card(patient: Patient, by: str, **changed: Any) -> Ill:
    """The model as it is, with other values under the card's `input`."""
    card = replace(patient.card, input=replace(patient.card.input, **changed))
    return Ill(patient.model, dump_card(card), by)


def channel_order(patient: Patient, draw: np.random.Generator) -> Ill:
    colour = "BGR" if patient.card.input.colour == "RGB" else "RGB"
    return on_card(patient, f"colour {colour}", colour=colour)


def scale(patient: Patient, draw: np.random.Generator) -> Ill:
    """Any factor of at least 16, either way; half of them the one everybody gets wrong."""
    factor = 255.0 if draw.random() < 0.5 else float(np.exp(draw.uniform(np.log(16), np.log(300))))
    factor = factor if draw.random() < 0.5 else 1 / factor
    return on_card(patient, f"scale × {factor:.4g}", scale=patient.card.input.scale * factor)


def mean_std(patient: Patient, draw: np.random.Generator) -> Ill:
    """A mean and deviation that others use, or the own ones shifted, at the card's scale."""
    spec = patient.card.input
    reach = 255 * spec.scale
    if draw.random() < 0.5:
        mean, std = MEANS[draw.integers(len(MEANS))], DEVIATIONS[draw.integers(len(DEVIATIONS))]
        mean, std = (
            tuple(reach * one for one in mean),
            tuple(one * (1.0 if reach < 2.5 else reach) for one in std),
        )
    else:
        shift, wider = draw.uniform(-0.6, 0.6, 3) * reach, float(np.exp(draw.uniform(-1.4, 1.4)))
        mean = tuple(float(a + b) for a, b in zip(spec.mean, shift, strict=True))
        std = tuple(one * wider for one in spec.std)
    return on_card(patient, f"mean {mean[0]:.4g} std {std[0]:.4g}", mean=mean, std=std)


def resize(patient: Patient, draw: np.random.Generator) -> Ill:
    kind = str(draw.choice(["stretch", "letterbox", "short_side", "centre_crop"]))
    crop = float(draw.choice([1.0, 0.875]))
    position = str(draw.choice(["centre", "top_left"]))
    return on_card(
        patient, f"{kind} {crop:g} {position}", resize=kind, crop=crop, pad_position=position
    )


def crop(patient: Patient, draw: np.random.Generator) -> Ill:
    """A central share of the frame where the model takes all of it, or another share than its
    own."""
    share = round(float(draw.uniform(0.4, 0.7)), 2)
    return on_card(patient, f"crop {share:g}", crop=share)


def layout(patient: Patient, draw: np.random.Generator) -> Ill:
    other = "NHWC" if patient.card.input.layout == "NCHW" else "NCHW"
    return on_card(patient, f"layout {other}", layout=other)


def class_order(patient: Patient, draw: np.random.Generator) -> Ill | None:
    """The classes sorted by chance, or pushed on by one or more; for a detector too."""
    names = patient.card.classes
    k = len(names)
    if draw.random() < 0.5:
        by = int(draw.integers(1, k))
        order, said = np.roll(np.arange(k), by), f"pushed on by {by}"
    else:
        order, said = draw.permutation(k), "shuffled"
    card = dump_card(replace(patient.card, classes=tuple(names[place] for place in order)))
    return Ill(patient.model, card, said)


def class_count(patient: Patient, draw: np.random.Generator) -> Ill:
    """The first or the last class left out, as that of the background often is, or one made up."""
    names = patient.card.classes
    ways = {
        "first left out": names[1:],
        "last left out": names[:-1],
        "one too many": (*names, "nothing"),
    }
    said = str(draw.choice(list(ways)))
    return Ill(patient.model, dump_card(replace(patient.card, classes=ways[said])), said)


def batch_norm_training(patient: Patient, draw: np.random.Generator) -> Ill:
    """A normalisation that is there set to training, or one set in behind a convolution, as a flag
    or written out."""
    model = copy_of(patient.model)
    own = [node for node in model.graph.node if node.op_type == "BatchNormalization"]
    if own:
        node = own[draw.integers(len(own))]
        node.attribute.append(helper.make_attribute("training_mode", 1))
        node.output.extend([f"{node.output[0]}_m", f"{node.output[0]}_v"])
        return Ill(model, dump_card(patient.card), f"flag at {node.name}")
    place = int(draw.choice(places_behind(model, "Conv")))
    value = model.graph.node[place].output[0]
    means = [helper.make_node("ReduceMean", ["IN"], ["bn_mean"], axes=[0, 2, 3])]
    nodes = [
        *means, helper.make_node("Sub", ["IN", "bn_mean"], ["bn_c"]),
        helper.make_node("Mul", ["bn_c", "bn_c"], ["bn_s"]),
        helper.make_node("ReduceMean", ["bn_s"], ["bn_var"], axes=[0, 2, 3]),
        helper.make_node("Add", ["bn_var", "bn_eps"], ["bn_ve"]),
        helper.make_node("Sqrt", ["bn_ve"], ["bn_sd"]),
        helper.make_node("Div", ["bn_c", "bn_sd"], ["OUT"]),
    ]  # fmt: skip
    set_in(model, place, nodes, {"bn_eps": np.float32([1e-5])})
    return Ill(model, dump_card(patient.card), f"written out behind {value}")


def dropout_active(patient: Patient, draw: np.random.Generator) -> Ill:
    """The own dropout switched on, or figures struck out at random behind an operator."""
    model = copy_of(patient.model)
    ratio = float(draw.uniform(0.1, 0.6))
    own = next((node for node in model.graph.node if node.op_type == "Dropout"), None)
    if own is not None and draw.random() < 0.7:
        del own.input[1:]
        own.input.extend(["drop_ratio", "drop_on"])
        share = numpy_helper.from_array(np.float32(ratio), "drop_ratio")
        model.graph.initializer.extend([share, numpy_helper.from_array(np.array(True), "drop_on")])
        return Ill(model, dump_card(patient.card), f"ratio {ratio:.2f}")
    place = int(draw.choice(places_behind(model, "Conv")))
    nodes = [
        helper.make_node("RandomUniformLike", ["IN"], ["drop_r"], low=0.0, high=1.0),
        helper.make_node("Less", ["drop_limit", "drop_r"], ["drop_b"]),
        helper.make_node("Cast", ["drop_b"], ["drop_f"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["IN", "drop_f"], ["OUT"]),
    ]
    set_in(model, place, nodes, {"drop_limit": np.float32([ratio])})
    return Ill(model, dump_card(patient.card), f"struck out {ratio:.2f}")


def batch_dependent(patient: Patient, draw: np.random.Generator) -> Ill | None:
    """A share of the batch's mean taken off somewhere; a file for one picture has no company."""
    if not patient.model.graph.input[0].type.tensor_type.shape.dim[0].dim_param:
        return None
    model = copy_of(patient.model)
    share = float(draw.uniform(0.3, 1.0))
    place = int(draw.choice(places_behind(model, "Conv", "Gemm")))
    nodes = [
        helper.make_node("ReduceMean", ["IN"], ["co_m"], axes=[0]),
        helper.make_node("Mul", ["co_m", "co_share"], ["co_s"]),
        helper.make_node("Sub", ["IN", "co_s"], ["OUT"]),
    ]
    set_in(model, place, nodes, {"co_share": np.float32([share])})
    return Ill(model, dump_card(patient.card), f"{share:.2f} of the mean at node {place}")


def constant_output(patient: Patient, draw: np.random.Generator) -> Ill:
    """Some layer's result multiplied by nothing."""
    model = copy_of(patient.model)
    place = int(draw.choice(bottlenecks(model)))
    set_in(model, place, [helper.make_node("Mul", ["IN", "no"], ["OUT"])], {"no": np.float32([0])})
    return Ill(model, dump_card(patient.card), f"nothing from node {place} on")


def nan_output(patient: Patient, draw: np.random.Generator) -> Ill:
    """A root of figures below zero, or a division by nothing; behind the last rounding to whole
    numbers, which would hide it."""
    model = copy_of(patient.model)
    place = len(model.graph.node) - 1 if rounds(model) else int(draw.choice(bottlenecks(model)))
    root = draw.random() < 0.5
    nodes = [helper.make_node("Mul", ["IN", "no"], ["na_z"])]
    if root:
        nodes += [
            helper.make_node("Sub", ["na_z", "na_one"], ["na_n"]),
            helper.make_node("Sqrt", ["na_n"], ["na_x"]),
        ]
    else:
        nodes += [helper.make_node("Div", ["na_z", "no"], ["na_x"])]
    nodes += [helper.make_node("Add", ["IN", "na_x"], ["OUT"])]
    factor = np.float32([draw.uniform(0.1, 9)])
    set_in(model, place, nodes, {"no": np.float32([0]), "na_one": factor})
    return Ill(model, dump_card(patient.card), f"{'root' if root else 'division'} at node {place}")


def softmax_twice(patient: Patient, draw: np.random.Generator) -> Ill | None:
    """One more softmax in the file, or a card that asks for it once more."""
    if patient.card.output.kind not in ("softmax", "logits"):
        return None
    card = dump_card(patient.card)
    soft = patient.card.output.kind == "softmax"
    if soft and draw.random() < 0.5:
        card["output"]["kind"] = "logits"
        return Ill(patient.model, card, "card says logits")
    model = copy_of(patient.model)
    card["output"]["kind"] = "softmax"
    append(model, *(["Softmax"] if soft else ["Softmax", "Softmax"]))
    return Ill(model, card, "once more in the file")


def softmax_missing(patient: Patient, draw: np.random.Generator) -> Ill | None:
    """The card of the model with its last step, the file without it."""
    card = dump_card(patient.card)
    if patient.card.output.kind == "logits":
        card["output"]["kind"] = "softmax"
        return Ill(patient.model, card, "card says softmax")
    last = [node for node in patient.model.graph.node if node.op_type == "Softmax"]
    if not last:
        return None
    model = copy_of(patient.model)
    place = next(k for k, node in enumerate(model.graph.node) if node.op_type == "Softmax")
    model.graph.node[place].op_type = "Identity"
    del model.graph.node[place].attribute[:]
    # Behind it only what rounds to eight bits: that would cut the figures off at one.
    skip_quantised(model, model.graph.node[place].output[0])
    return Ill(model, card, "taken out of the file")


def ignored_input(patient: Patient, draw: np.random.Generator) -> Ill:
    """A second input that is read by nobody, or a picture that is."""
    model = copy_of(patient.model)
    if draw.random() < 0.5:
        sides = ["n", int(draw.integers(1, 9))]
        model.graph.input.append(helper.make_tensor_value_info("other", TensorProto.FLOAT, sides))
        return Ill(model, dump_card(patient.card), "a second one")
    shape = patient.card.input.shape
    name = model.graph.input[0].name
    for node in model.graph.node:
        node.input[:] = ["grey" if one == name else one for one in node.input]
    grey = numpy_helper.from_array(np.full((1, *shape), 0.5, np.float32), "grey")
    model.graph.initializer.append(grey)
    return Ill(model, dump_card(patient.card), "the picture")


def insensitive(patient: Patient, draw: np.random.Generator) -> Ill | None:
    """What differs from picture to picture made as good as nothing; a file that rounds to whole
    numbers would make it nothing."""
    model = copy_of(patient.model)
    if rounds(model):
        return None
    factor = float(10 ** draw.uniform(-4.5, -3))
    place = int(draw.choice(bottlenecks(model)))
    scaled = helper.make_node("Mul", ["IN", "little"], ["OUT"])
    set_in(model, place, [scaled], {"little": np.float32([factor])})
    return Ill(model, dump_card(patient.card), f"× {factor:.2g} at node {place}")


def unsupported_operator(patient: Patient, draw: np.random.Generator) -> Ill:
    """An operator of somebody's own, one that no version has, or a file from the future."""
    model = copy_of(patient.model)
    kind = str(draw.choice(["own", "unknown", "opset", "ir"]))
    if kind == "opset":
        model.opset_import[0].version = int(draw.integers(40, 200))
    elif kind == "ir":
        model.ir_version = int(draw.integers(40, 200))
    else:
        node = model.graph.node[int(draw.integers(len(model.graph.node)))]
        node.op_type = f"Guess{draw.integers(99)}"
        if kind == "own":
            node.domain = "their.own"
            model.opset_import.append(helper.make_opsetid("their.own", 1))
    return Ill(model, dump_card(patient.card), kind)


def precision_drift(patient: Patient, draw: np.random.Generator) -> Ill | None:
    """Weights rounded to two or three bits, called a lighter copy of the whole model."""
    model = copy_of(patient.model)
    bits = int(draw.integers(2, 4))
    done = 0
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.ndim >= 2:
            step = np.abs(values).max() / 2 ** (bits - 1)
            rounded = np.round(values / step).clip(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) * step
            tensor.CopyFrom(numpy_helper.from_array(rounded.astype(np.float32), tensor.name))
            done += 1
    return Ill(model, dump_card(patient.card), f"{bits} bits", base=patient.model) if done else None


FAULTS: dict[str, Fault] = {
    one.__name__: one
    for one in (
        channel_order, scale, mean_std, resize, crop, layout, class_order, class_count,
        batch_norm_training, dropout_active, batch_dependent, constant_output, nan_output,
        softmax_twice, softmax_missing, ignored_input, insensitive, unsupported_operator,
        precision_drift,
    )
}  # fmt: skip
NAMED_AS = {"crop": "resize"}  # faults that the doctor tells by another code than their name
MAY_BE_HARMLESS = (
    "channel_order", "scale", "mean_std", "resize", "crop", "class_order", "precision_drift",
)  # fmt: skip
PAIRS = (("channel_order", "scale"), ("layout", "mean_std"))


def both(patient: Patient, first: Ill, second: Ill) -> Ill:
    """What each of the two changes under the card's `input`, together."""
    sound, found = dump_card(patient.card), dump_card(patient.card)
    for ill in (first, second):
        found["input"] |= {
            key: value for key, value in ill.card["input"].items() if value != sound["input"][key]
        }
    return Ill(patient.model, found, f"{first.by}, {second.by}")


def copy_of(model: onnx.ModelProto) -> onnx.ModelProto:
    found = onnx.ModelProto()
    found.CopyFrom(model)
    del found.graph.value_info[:]
    return found


def rounds(model: onnx.ModelProto) -> bool:
    return any(node.op_type == "QuantizeLinear" for node in model.graph.node)


def places_behind(model: onnx.ModelProto, *operators: str) -> list[int]:
    return [place for place, node in enumerate(model.graph.node) if node.op_type in operators]


def bottlenecks(model: onnx.ModelProto) -> list[int]:
    """Nodes through whose result every way to the output leads, before the last step."""
    nodes = list(model.graph.node)
    readers: dict[str, list[int]] = {}
    for place, node in enumerate(nodes):
        for name in node.input:
            readers.setdefault(name, []).append(place)
    found = []
    for place, node in enumerate(nodes):
        if node.op_type not in ("Conv", "Gemm", "MatMul", "Relu", "Concat", "AveragePool"):
            continue
        if not _reaches_without(nodes, model, readers, place):
            found.append(place)
    return found


def _reaches_without(
    nodes: list[onnx.NodeProto], model: onnx.ModelProto, readers: dict[str, list[int]],
    left_out: int,
) -> bool:  # fmt: skip
    """Whether the picture reaches an output by a way around that node."""
    outputs = {one.name for one in model.graph.output}
    waiting, seen = [model.graph.input[0].name], set()
    while waiting:
        name = waiting.pop()
        if name in outputs:
            return True
        for place in readers.get(name, []):
            if place != left_out and place not in seen:
                seen.add(place)
                waiting += nodes[place].output
    return False


def set_in(
    model: onnx.ModelProto, place: int, nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray]
) -> None:
    """Nodes between a node and whoever reads it; IN and OUT stand for its value before and
    after."""
    value = model.graph.node[place].output[0]
    model.graph.node[place].output[0] = f"{value}_before"
    for node in nodes:
        node.input[:] = [f"{value}_before" if name == "IN" else name for name in node.input]
        node.output[:] = [value if name == "OUT" else name for name in node.output]
    kept = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*kept[: place + 1], *nodes, *kept[place + 1 :]])
    model.graph.initializer.extend(
        numpy_helper.from_array(values, name) for name, values in weights.items()
    )


def append(model: onnx.ModelProto, *operators: str) -> None:
    """Last steps behind the first output, which keeps its name."""
    if not operators:
        return
    name = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = [f"{name}_0" if one == name else one for one in node.output]
        node.input[:] = [f"{name}_0" if one == name else one for one in node.input]
    for number, operator in enumerate(operators):
        after = name if number == len(operators) - 1 else f"{name}_{number + 1}"
        model.graph.node.append(helper.make_node(operator, [f"{name}_{number}"], [after]))


def skip_quantised(model: onnx.ModelProto, value: str) -> None:
    """Leaves out what rounds behind a value."""
    ends = {one.name for one in model.graph.output}
    for node in list(model.graph.node):
        if node.op_type == "QuantizeLinear" and node.input[0] == value:
            back = next(
                one
                for one in model.graph.node
                if one.op_type == "DequantizeLinear" and one.input[0] == node.output[0]
            )
            if back.output[0] in ends:
                made = next(one for one in model.graph.node if value in one.output)
                made.output[0] = back.output[0]
                model.graph.node.remove(node)
                model.graph.node.remove(back)
