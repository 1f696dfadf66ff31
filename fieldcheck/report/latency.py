"""Inference latency on the page: how fast on which machine, where the time goes, and whether it slows down with heat."""

from __future__ import annotations

from fieldcheck.domain.latency import Latency, MachineState, StageLatency
from fieldcheck.domain.model_memory import ModelMemory
from fieldcheck.report.blocks import Cell, Pairs, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import latency as words
from fieldcheck.words import model_memory as memory_words
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import text

FACTS = Latency


def section(report: Report) -> Section:
    """Latency of the newest run, or that none was made."""
    title = text("Inference latency on the device")
    found = (report.facts or {}).get("latency")
    if not isinstance(found, Latency):
        said = text("Latency not measured.")
        return Section("latency", title, title, (Paragraph(said, quiet=True),))
    heads = (Cell(text("Stage"), head=True), *(Cell(name, figure=True) for name in (text("mean, ms"), text("median, ms"), text("share"))))
    rows = tuple(_row(name, told) for name, told in found.stages.items())
    lines = tuple(Paragraph(line) for line in words.latency_lines(found, ()))
    table = Table(text("Latency breakdown"), heads, rows)
    layers = (_layers(found.graph),) if found.graph is not None and found.graph.layers else ()
    return Section("latency", title, title, (*lines, table, *layers, Pairs(_machine(found)), Paragraph(words.this_machine(), quiet=True)))


def _layers(graph: ModelMemory) -> Table:
    """The five largest activations."""
    names = (text("Tensor"), text("Shape"), text("MB"), text("share of peak"))
    heads = (Cell(text("Layer"), head=True), *(Cell(name, figure=at > 1) for at, name in enumerate(names)))
    rows = tuple(
        (
            Cell(one.operator, head=True),
            Cell(memory_words.tensor_name(one.tensor)),
            Cell(memory_words.layer_shape(one)),
            Cell(memory_words.megabytes(one.size), figure=True),
            Cell(memory_words.layer_share(graph, one), figure=True),
        )
        for one in graph.layers[: memory_words.SHOWN]
    )
    return Table(text("Largest activations, n = {n}").format(n=graph.n_layers), heads, rows)


def _row(stage: str, told: StageLatency) -> tuple[Cell, ...]:
    figures = (number(told.mean_ms, 1), number(told.p50_ms, 1), percent(told.share))
    return (Cell(words.stage_name(stage), head=True), *(Cell(one, figure=True) for one in figures))


def _machine(found: Latency) -> tuple[tuple[str, str], ...]:
    """Model, frames and machine; what it does not tell is not available."""
    slowest = text("{ms} ms in the slowest 10 s").format(ms=number(max(found.blocks_ms), 1))
    energy = found.joules_per_frame
    told = text("{joules} J per frame, whole processor").format(joules=number(energy, 2)) if energy is not None else ""
    named = [
        (text("Model"), found.model),
        (text("Frame source"), found.source),
        *((words.machine_fact(name), value) for name, value in found.machine.items()),
        (text("Median"), slowest),
        (text("Slowest frame"), text("{ms} ms").format(ms=number(found.total.max_ms, 1))),
        (text("Jitter"), text("median jitter {ms} ms").format(ms=number(found.total.jitter_ms, 1))),
        (text("at the start"), _state(found.before)),
        (text("at the end"), _state(found.after)),
        (text("Energy"), told),
    ]
    return tuple((name, value or text("not available")) for name, value in named)


def _state(state: MachineState) -> str:
    told = [
        state.governor or "",
        f"{number(state.mhz)} MHz" if state.mhz is not None else "",
        f"{number(state.celsius)} °C" if state.celsius is not None else "",
    ]
    return ", ".join(one for one in told if one)
