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
        said = tr("Latency not measured.")
        return Section("latency", title, title, (Paragraph(said, quiet=True),))
    heads = (
        Cell(tr("Stage"), head=True),
        *(Cell(name, figure=True) for name in (tr("mean, ms"), tr("median, ms"), tr("share"))),
    )
    rows = tuple(_build_stage_row(name, told) for name, told in result.stages.items())
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
        *(Cell(name, figure=at > 1) for at, name in enumerate(names)),
    )
    rows = tuple(
        (
            Cell(one.operator, head=True),
            Cell(messages.format_tensor_name(one.tensor)),
            Cell(messages.format_layer_shape(one)),
            Cell(messages.format_megabytes(one.size), figure=True),
            Cell(messages.format_layer_share(graph, one), figure=True),
        )
        for one in graph.layers[: messages.SHOWN]
    )
    return Table(tr("Largest activations, n = {n}").format(n=graph.n_layers), heads, rows)


def _build_stage_row(stage: str, told: StageLatency) -> tuple[Cell, ...]:
    figures = (
        format_number(told.mean_ms, 1),
        format_number(told.p50_ms, 1),
        format_percent(told.share),
    )
    return (
        Cell(messages.get_stage_name(stage), head=True),
        *(Cell(one, figure=True) for one in figures),
    )


def _list_machine_rows(found: Latency) -> tuple[tuple[str, str], ...]:
    """Model, frames and machine; what it does not tell is not available."""
    slowest = tr("{ms} ms in the slowest 10 s").format(ms=format_number(max(found.blocks_ms), 1))
    energy = found.joules_per_frame
    told = (
        tr("{joules} J per frame, whole processor").format(joules=format_number(energy, 2))
        if energy is not None
        else ""
    )
    named = [
        (tr("Model"), found.model),
        (tr("Frame source"), found.source),
        *((messages.get_machine_fact_name(name), value) for name, value in found.machine.items()),
        (tr("Median"), slowest),
        (tr("Slowest frame"), tr("{ms} ms").format(ms=format_number(found.total.max_ms, 1))),
        (
            tr("Jitter"),
            tr("median jitter {ms} ms").format(ms=format_number(found.total.jitter_ms, 1)),
        ),
        (tr("at the start"), _format_machine_state(found.before)),
        (tr("at the end"), _format_machine_state(found.after)),
        (tr("Energy"), told),
    ]
    return tuple((name, value or tr("not available")) for name, value in named)


def _format_machine_state(state: MachineState) -> str:
    told = [
        state.governor or "",
        f"{format_number(state.mhz)} MHz" if state.mhz is not None else "",
        f"{format_number(state.celsius)} °C" if state.celsius is not None else "",
    ]
    return ", ".join(one for one in told if one)


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
        ),
    ),
)
