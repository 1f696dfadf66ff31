"""Inference latency of the newest model's newest run, and its accuracy on the device that ran it,
with their report sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Cell, Pairs, Paragraph, Section, Table
from fieldcheck.analyses.releases_and_ranking import build_change_row
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.latency import (
    DeviceArtefact,
    Latency,
    MachineState,
    ModelMemory,
    StageLatency,
    TotalLatency,
)
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import PairedChange, StoredModel
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.latency import messages
from fieldcheck.latency.device_predictions import DevicePredictions, load_device_predictions
from fieldcheck.latency.device_runner import import_result
from fieldcheck.latency.latency_run import load_latency
from fieldcheck.models.evaluate import evaluate_labels, get_named_classes
from fieldcheck.models.messages import list_paired_change
from fieldcheck.models.providers import measure_difference
from fieldcheck.models.quantise import estimate_field_change, estimate_image_change
from fieldcheck.models.run import compute_benchmark_key
from fieldcheck.models.scored_sides import (
    FieldSide,
    get_counted_classes,
    get_scored_metric,
    load_paired_sides,
)
from fieldcheck.models.store import find_model, get_card, make_run
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as runs_table


def build_latency_section(result: Latency | None) -> Section:
    """Latency of the newest run, or that none was made."""
    title = tr("Inference latency on the device")
    if result is None:
        sentence = tr("Latency not measured.")
        return Section("latency", title, title, (Paragraph(sentence, quiet=True),))
    heads = (
        Cell(tr("Stage"), head=True),
        *(Cell(name, figure=True) for name in (tr("mean, ms"), tr("median, ms"), tr("share"))),
    )
    rows = tuple(
        _build_stage_row(name, stage_latency) for name, stage_latency in result.stages.items()
    )
    lines = tuple(Paragraph(line) for line in messages.list_latency_lines(result, ()))
    table = Table(tr("Latency breakdown"), heads, rows)
    layers = (
        (_build_layer_table(result.graph),)
        if result.graph is not None and result.graph.layers
        else ()
    )
    return Section(
        "latency",
        title,
        title,
        (
            *lines,
            table,
            *layers,
            Pairs(_list_machine_rows(result)),
            Paragraph(messages.describe_machine_scope(), quiet=True),
        ),
    )


def _build_layer_table(graph: ModelMemory) -> Table:
    """The five largest activations."""
    names = (tr("Tensor"), tr("Shape"), tr("MB"), tr("share of peak"))
    heads = (
        Cell(tr("Layer"), head=True),
        *(Cell(name, figure=index > 1) for index, name in enumerate(names)),
    )
    rows = tuple(
        (
            Cell(layer.operator, head=True),
            Cell(messages.format_tensor_name(layer.tensor)),
            Cell(messages.format_layer_shape(layer)),
            Cell(messages.format_megabytes(layer.size), figure=True),
            Cell(messages.format_layer_share(graph, layer), figure=True),
        )
        for layer in graph.layers[: messages.SHOWN]
    )
    return Table(tr("Largest activations, n = {n}", n=graph.n_layers), heads, rows)


def _build_stage_row(stage: str, stage_latency: StageLatency) -> tuple[Cell, ...]:
    figures = (
        format_number(stage_latency.mean_ms, 1),
        format_number(stage_latency.p50_ms, 1),
        format_percent(stage_latency.share),
    )
    return (
        Cell(messages.get_stage_name(stage), head=True),
        *(Cell(figure, figure=True) for figure in figures),
    )


def _list_machine_rows(latency: Latency) -> tuple[tuple[str, str], ...]:
    """Model, frames and machine; what it does not tell is not available."""
    slowest = tr("{ms} ms in the slowest 10 s", ms=format_number(max(latency.blocks_ms), 1))
    energy = latency.joules_per_frame
    text = (
        tr("{joules} J per frame, whole processor", joules=format_number(energy, 2))
        if energy is not None
        else ""
    )
    named = [
        (tr("Model"), latency.model),
        (tr("Frame source"), latency.source),
        *((messages.get_machine_fact_name(name), value) for name, value in latency.machine.items()),
        (tr("Median"), slowest),
        (tr("Slowest frame"), tr("{ms} ms", ms=format_number(latency.total.max_ms, 1))),
        (tr("Jitter"), tr("median jitter {ms} ms", ms=format_number(latency.total.jitter_ms, 1))),
        (tr("at the start"), _format_machine_state(latency.before)),
        (tr("at the end"), _format_machine_state(latency.after)),
        (tr("Energy"), text),
    ]
    return tuple((name, value or tr("not available")) for name, value in named)


def _format_machine_state(state: MachineState) -> str:
    rows = [
        state.governor or "",
        f"{format_number(state.mhz)} MHz" if state.mhz is not None else "",
        f"{format_number(state.celsius)} °C" if state.celsius is not None else "",
    ]
    return ", ".join(row for row in rows if row)


# Inference latency of a project: the newest run of its newest model.


def load_latency_result(project: Project) -> Latency | None:
    """None where the newest model was not measured as it is used now."""
    return load_latency(project)


TEN_MINUTES_S = 590.0  # the run is over with its last whole frame


def check_latency(report: Report) -> CheckResult:
    """Judges ten minutes under load on the target against the declared limits.

    A shorter run, an idle computer or another one leaves the rule open.
    """
    result = ANALYSIS.get_result(report)
    if result is None or result.meets_target is None:
        return NOT_MEASURED
    if result.seconds < TEN_MINUTES_S or result.load == "none" or not result.on_target:
        return "too_few", result.total.p95_ms
    return "pass" if result.meets_target else "fail", result.total.p95_ms


ANALYSIS: Analysis[Latency] = Analysis(
    key="latency",
    result=Latency,
    compute=load_latency_result,
    section=build_latency_section,
    checklist=(
        ChecklistRule(
            "latency",
            13,
            lambda: tr("Ten-minute load test passed on the target computer"),
            lambda: tr(
                "Run the latency test for ten minutes under load on the target computer, with the "
                "required frame rate or memory limit."
            ),
            check_latency,
            phase="trial",
            format_figure=lambda ms: tr("{ms} ms", ms=format_number(ms, 1)),
        ),
    ),
)


# Accuracy on the device: the same model, or what was made of it for the device, on the same frames.

SHOWN = 20  # changed frames of a table

Correct = Literal["computer", "device", "both", "neither", "unlabelled"]


@dataclass(frozen=True, slots=True)
class ChangedFrame:
    """A picked frame for which the device names other classes. `label`: its class, or those of its
    boxes; `correct`: which of the two predictions is."""

    frame_id: str
    label: tuple[str, ...]
    computer: tuple[str, ...]
    device: tuple[str, ...]
    correct: Correct


@dataclass(frozen=True, slots=True)
class DeviceAccuracy:
    """The result of a device imported last: `n` picked frames that it and this computer predicted,
    `n_left_out` others. `moved`: largest change of a confidence, or the share of boxes without a
    partner where that is more. `field`: from this computer to the device on the labelled frames;
    `camera`: the device's score for other clips of these cameras; None and not measured without
    labels of a draw. `benchmark`: the same on the images of the spot check. `latency` is of the
    same `artefact`; `frame_ms`: median time of the predictions; `celsius`: lowest and highest
    temperature meanwhile."""

    model: str
    imported: str
    machine: Mapping[str, str]
    artefact: DeviceArtefact
    metric: str
    n: int
    n_left_out: int
    moved: float
    field: PairedChange | None
    camera: Estimate
    benchmark: PairedChange | None
    changed: tuple[ChangedFrame, ...]
    latency: TotalLatency
    frame_ms: float
    celsius: tuple[float, float] | None


def import_device_result(
    project: Project, path: Path, now: str
) -> tuple[Latency, DeviceAccuracy | None]:
    """Imports the result that the exported runner wrote on its device: its latency, and the
    accuracy of its predictions, None where it has none. Raises PathMissing, RunnerResultRefused."""
    latency = import_result(project, path, now)
    return latency, compute_device_accuracy(project, latency.model)


def compute_device_accuracy(project: Project, name: str | None = None) -> DeviceAccuracy | None:
    """None where no device predicted with the model of that name, else the newest, as it is used
    now."""
    model = (
        project.read(models_table.get_newest_model) if name is None else find_model(project, name)
    )
    device_predictions = None if model is None else load_device_predictions(project, model)
    if model is None or device_predictions is None:
        return None
    card = get_card(model)
    before, after = load_paired_sides(project, model, device_predictions.predictions)
    pairs = [(before.answers[name].answer, after.answers[name].answer) for name in after.answers]
    heat = [celsius for celsius in device_predictions.celsius if celsius is not None]
    standing = [pick for pick in after.picks if not pick.taken_out]
    field = _compute_field_change(before, after)
    return DeviceAccuracy(
        model.name,
        device_predictions.imported,
        device_predictions.machine,
        device_predictions.artefact,
        get_scored_metric(card),
        len(pairs),
        sum(pick.frame_id not in after.answers for pick in standing),
        max(
            (measure_difference(prediction, other, card) for prediction, other in pairs),
            default=0.0,
        ),
        field,
        after.scores.camera if field is not None else Estimate.not_measured("no_labels"),
        _compute_benchmark_change(project, model, device_predictions),
        _list_changed_frames(model, before, after),
        device_predictions.latency.total,
        median(device_predictions.ms),
        (min(heat), max(heat)) if heat else None,
    )


def _compute_field_change(before: FieldSide, after: FieldSide) -> PairedChange | None:
    """Over the labelled frames of the draw."""
    indices = [index for index in after.labelled.tolist() if after.scores.weight[index] > 0]
    if not indices:
        return None
    rights = (side.sample.right[indices] for side in (before, after))
    return estimate_field_change(after, indices, *rights)


def _compute_benchmark_change(
    project: Project, model: StoredModel, device_predictions: DevicePredictions
) -> PairedChange | None:
    """Over the images of the spot check that both predicted."""
    benchmark = project.read(models_table.get_benchmark)
    if benchmark is None:
        return None
    card = get_card(model)
    run = make_run(model, "benchmark", compute_benchmark_key(benchmark), len(benchmark.items), "")
    own = project.read(lambda db: runs_table.get_predictions(db, run.run_id))
    device = {
        get_benchmark_path(name): answer for name, answer in device_predictions.predictions.items()
    }
    items = [item for item in benchmark.items if item.path in own and item.path in device]
    if not items:
        return None

    def judge(answers: Mapping[str, Prediction]) -> NDArray[np.bool_]:
        predictions = [answers[item.path] for item in items]
        return evaluate_labels(card, get_counted_classes(card, benchmark), items, predictions).right

    return estimate_image_change(judge(own), judge(device))


def _list_changed_frames(
    model: StoredModel, before: FieldSide, after: FieldSide
) -> tuple[ChangedFrame, ...]:
    card, labelled = get_card(model), set(after.labelled.tolist())
    words: dict[tuple[bool, bool], Correct] = {
        (True, True): "both",
        (True, False): "computer",
        (False, True): "device",
        (False, False): "neither",
    }
    changed = []
    for index, pick in enumerate(after.picks):
        if pick.frame_id not in after.answers:
            continue
        computer, device = (
            tuple(sorted(get_named_classes(side.answers[pick.frame_id].answer, card)))
            for side in (before, after)
        )
        if computer == device:
            continue
        label, correct = tuple[str, ...](), words[False, False]
        if index in labelled:
            stored = after.labels[pick.frame_id]
            label = (stored.class_name,) if stored.class_name else ()
            label = label or tuple(sorted(box.class_name for box in stored.boxes))
            correct = words[bool(before.sample.right[index]), bool(after.sample.right[index])]
        else:
            correct = "unlabelled"
        changed.append(ChangedFrame(pick.frame_id, label, computer, device, correct))
    return tuple(changed)


def list_device_lines(result: DeviceAccuracy) -> tuple[str, ...]:
    """Accuracy on the device, a sentence a line: what ran, scores, change, frames and latency."""
    return (*list_device_headlines(result), *list_device_details(result))


def list_device_headlines(result: DeviceAccuracy) -> tuple[str, ...]:
    """What ran, the score there and its change, and on how many frames the prediction changed."""
    text = tr_plural(
        "Prediction changed on {changed} of {n} frame; largest difference {moved}.",
        "Prediction changed on {changed} of {n} frames; largest difference {moved}.",
        result.n,
    )
    figures = {"changed": format_number(len(result.changed)), "n": format_number(result.n)}
    changed = text.format(moved=format_number(result.moved, 4), **figures)
    if result.field is None:
        text = tr("No labelled frames of a sample: the change of the score is not measured.")
        return _describe_artefact(result), text, changed
    text = tr("{metric} on this footage: device {device}; this computer {computer}.")
    score = text.format(
        metric=names_and_numbers.get_metric_name(result.metric),
        device=names_and_numbers.format_estimate(result.field.after),
        computer=names_and_numbers.format_estimate(result.field.before),
    )
    return _describe_artefact(result), score, _describe_change(result, result.field), changed


def _describe_change(result: DeviceAccuracy, change: PairedChange) -> str:
    names = tr("This computer"), tr("The device")
    return " ".join(list_paired_change(*names, result.metric, change))


def _describe_artefact(result: DeviceAccuracy) -> str:
    artefact, machine = result.artefact, result.machine
    text = tr("{machine} ran {file} with {runtime}, {provider}. SHA-256 {sha256}.")
    return text.format(
        machine=to_one_line(machine.get("name") or machine.get("processor", "?")),
        file=to_one_line(artefact.file),
        runtime=to_one_line(artefact.runtime),
        provider=to_one_line(artefact.provider),
        sha256=artefact.sha256[:12],
    )


def list_device_details(result: DeviceAccuracy) -> tuple[str, ...]:
    """The score for other clips, the benchmark, frames that the device was not shown, latency and
    temperature."""
    lines = []
    if result.camera.measured:
        text = tr("Device, other clips of these cameras: {score}.")
        lines.append(text.format(score=names_and_numbers.format_estimate(result.camera)))
    if result.benchmark is not None:
        lines.append(f"{tr('Benchmark')}: {_describe_change(result, result.benchmark)}")
    if result.n_left_out:
        text = tr_plural(
            "{n} picked frame has no prediction of the device and is not counted.",
            "{n} picked frames have no prediction of the device and are not counted.",
            result.n_left_out,
        )
        lines.append(text.format(n=format_number(result.n_left_out)))
    total = result.latency
    text = tr("Latency of the same file: median {p50}, p95 {p95}.")
    p50 = messages.format_percentile(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms, " ms")
    p95 = messages.format_percentile(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms, " ms")
    lines.append(text.format(p50=p50, p95=p95))
    text = tr("Time of the model alone while predicting: median {ms} ms.")
    lines.append(text.format(ms=format_number(result.frame_ms, 1)))
    if result.celsius is not None:
        low, high = (format_number(celsius) for celsius in result.celsius)
        text = tr("Temperature during the predictions: {low} to {high} °C.")
        lines.append(text.format(low=low, high=high))
    return tuple(lines)


def build_device_section(result: DeviceAccuracy | None) -> Section:
    """Accuracy on the device, or that no device predicted the frames."""
    title = tr("Accuracy on the device")
    if result is None:
        sentence = tr("Not measured. Export a runner, run it on the device and import its result.")
        return Section("device", title, title, (Paragraph(sentence, quiet=True),))
    lines = tuple(Paragraph(line) for line in list_device_lines(result))
    tables = [*_build_score_tables(result), *_build_changed_tables(result)]
    return Section("device", title, title, (*lines, *tables))


def _build_score_tables(result: DeviceAccuracy) -> tuple[Table, ...]:
    heads = (
        Cell(tr("Images"), head=True),
        Cell("n", figure=True),
        Cell(tr("This computer"), figure=True),
        Cell(tr("The device"), figure=True),
    )
    sides = [(tr("Field"), result.field), (tr("Benchmark"), result.benchmark)]
    rows = tuple(build_change_row(name, change) for name, change in sides if change is not None)
    score = names_and_numbers.get_metric_name(result.metric)
    caption = tr("{metric} on the same images", metric=score)
    return (Table(caption, heads, rows),) if rows else ()


def _build_changed_tables(result: DeviceAccuracy) -> tuple[Table, ...]:
    if not result.changed:
        return ()
    names = (tr("Assigned label"), tr("This computer"), tr("The device"), tr("correct"))
    heads = (Cell(tr("Frame"), head=True), *(Cell(name) for name in names))
    words = {
        "computer": tr("this computer"),
        "device": tr("the device"),
        "both": tr("both"),
        "neither": tr("neither"),
        "unlabelled": tr("no label"),
    }
    rows = tuple(
        (
            Cell(frame.frame_id, head=True),
            *(Cell(_format_classes(some)) for some in (frame.label, frame.computer, frame.device)),
            Cell(words[frame.correct]),
        )
        for frame in result.changed[:SHOWN]
    )
    caption = tr(
        "Frames with another prediction on the device, {shown} of {n}",
        shown=len(rows),
        n=len(result.changed),
    )
    return (Table(caption, heads, rows),)


def _format_classes(names: tuple[str, ...]) -> str:
    """`crack`, `2 × crack, ok`, or a dash for none."""
    counts = Counter(names)
    shown = (name if n == 1 else f"{n} × {name}" for name, n in counts.items())
    return to_one_line(", ".join(shown)) or "–"


DEVICE_ACCURACY: Analysis[DeviceAccuracy] = Analysis(
    key="device_accuracy",
    result=DeviceAccuracy,
    compute=compute_device_accuracy,
    section=build_device_section,
)
