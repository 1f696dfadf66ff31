"""Memory of a model in words: parameters, activations, the most that live at once, and what its finest feature map loses."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_memory import FeatureGrid, LayerMemory, ModelMemory
from fieldcheck.words.figures import format_number, format_percent, format_rate, format_rate_interval
from fieldcheck.words.formatting import to_one_line
from fieldcheck.words.language import tr, tr_plural

MB = 1e6  # bytes
SHOWN = 5  # layers
LETTERS = 40  # of a tensor's name; converters join whole lists of names


def list_memory_lines(found: ModelMemory) -> tuple[str, ...]:
    """Sentences on what a graph asks for, one a line."""
    lines = (_describe_parameters(found), _describe_activations(found), describe_unknown_layers(found), describe_feature_grid(found.grid))
    return tuple(line for line in lines if line)


def describe_largest_layers(found: ModelMemory) -> str:
    """The five largest activations in a line, the largest first."""
    if not found.layers:
        return ""
    named = [f"{format_layer_name(one)} {format_megabytes(one.size)} MB" for one in found.layers[:SHOWN]]
    return tr("Largest activations: {layers}.").format(layers=", ".join(named))


def format_layer_name(layer: LayerMemory) -> str:
    """Operator and shape of an activation, `Conv 1 × 16 × 208 × 208`."""
    return f"{to_one_line(layer.operator)} {format_layer_shape(layer)}"


def format_tensor_name(tensor: str) -> str:
    """Name of an activation, its end where it is long."""
    name = to_one_line(tensor.partition(";")[0])
    return name if len(name) <= LETTERS else "…" + name[-LETTERS:]


def format_layer_shape(layer: LayerMemory) -> str:
    """Shape of an activation with its batch."""
    return " × ".join(map(str, layer.shape))


def format_layer_share(found: ModelMemory, layer: LayerMemory) -> str:
    """Size of an activation as a share of the most that live at once."""
    return format_percent(layer.size / found.peak) if found.peak else "–"


def format_megabytes(size: int) -> str:
    """Bytes in megabytes, with two places below ten."""
    return format_number(size / MB, 2 if size < 10 * MB else 0)


def describe_feature_grid(grid: FeatureGrid | None) -> str:
    """Finest feature map, and from which size on an object is smaller than one of its cells."""
    if grid is None:
        return tr("No spatial feature map leads to the prediction, or its shape is unknown.")
    values = {"size": f"{grid.size[1]} × {grid.size[0]}", "stride": _format_side((grid.stride[1], grid.stride[0]))}
    if grid.cell is None or grid.frame is None:
        said = tr("Finest feature map used for the prediction: {size} cells, one per {stride} input pixels.")
        return said.format(**values)
    said = tr(
        "Finest feature map used for the prediction: {size} cells, one per {stride} input pixels. An object "
        "under {cell} px in the camera frame ({frame}) is smaller than one cell."
    )
    return said.format(cell=_format_side(grid.cell), frame=f"{grid.frame[0]} × {grid.frame[1]}", **values)


def describe_small_objects(found: Estimate) -> str:
    """Share of labelled boxes that are smaller than a cell, with its range where there are clips enough for one."""
    values = {"n": found.n, "share": format_rate(found, 1) if found.measured else format_percent(found.value, 1)}
    if found.measured:
        said = tr_plural(
            "Smaller than one cell in width and height: {share} ({span}) of {n} labelled box.",
            "Smaller than one cell in width and height: {share} ({span}) of {n} labelled boxes.",
            found.n,
        )
        return said.format(span=format_rate_interval(found, 1), **values)
    said = tr_plural(
        "Smaller than one cell in width and height: {share} of {n} labelled box; too few clips for a CI.",
        "Smaller than one cell in width and height: {share} of {n} labelled boxes; too few clips for a CI.",
        found.n,
    )
    return said.format(**values)


def describe_unknown_layers(found: ModelMemory) -> str:
    """How many activations are in no sum; empty where none is."""
    if not found.unknown:
        return ""
    return tr_plural(
        "{n} activation of unknown shape, not included here.",
        "{n} activations of unknown shape, not included here.",
        found.unknown,
    ).format(n=found.unknown)


def _describe_parameters(found: ModelMemory) -> str:
    said = tr_plural("{n} parameter, {size} MB.", "{n} parameters, {size} MB.", found.parameters)
    return said.format(n=format_number(found.parameters), size=format_megabytes(found.parameter_bytes))


def _describe_activations(found: ModelMemory) -> str:
    if not found.layers:
        return ""
    said = tr("Peak activation memory: at most {peak} MB as the graph is written.")
    if found.unknown:
        said = tr("Peak activation memory: at least {peak} MB as the graph is written.")
    where = " " + tr("Peak while computing {tensor}.").format(tensor=format_tensor_name(found.peak_at)) if found.peak_at else ""
    return said.format(peak=format_megabytes(found.peak)) + where


def _format_side(pair: tuple[float, float]) -> str:
    wide, high = (format_number(one, 0 if abs(one - round(one)) < 0.05 else 1) for one in pair)
    return f"{wide} × {high}"
