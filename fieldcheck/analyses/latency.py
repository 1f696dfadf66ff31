"""Inference latency of the newest model's newest run, with the report section."""

from __future__ import annotations

from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Cell, Pairs, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.latency import Latency, MachineState, ModelMemory, StageLatency
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.latency import messages
from fieldcheck.latency.latency_run import load_latency
from fieldcheck.project.project import Project


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
    return Table(tr("Largest activations, n = {n}").format(n=graph.n_layers), heads, rows)


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
    slowest = tr("{ms} ms in the slowest 10 s").format(ms=format_number(max(latency.blocks_ms), 1))
    energy = latency.joules_per_frame
    text = (
        tr("{joules} J per frame, whole processor").format(joules=format_number(energy, 2))
        if energy is not None
        else ""
    )
    named = [
        (tr("Model"), latency.model),
        (tr("Frame source"), latency.source),
        *((messages.get_machine_fact_name(name), value) for name, value in latency.machine.items()),
        (tr("Median"), slowest),
        (tr("Slowest frame"), tr("{ms} ms").format(ms=format_number(latency.total.max_ms, 1))),
        (
            tr("Jitter"),
            tr("median jitter {ms} ms").format(ms=format_number(latency.total.jitter_ms, 1)),
        ),
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
            format_figure=lambda ms: tr("{ms} ms").format(ms=format_number(ms, 1)),
        ),
    ),
)
