"""The gate as files that build servers and pull requests show: JUnit XML and a Markdown table."""

from __future__ import annotations

from xml.etree import ElementTree

from fieldcheck.cli.output import replace_controls
from fieldcheck.plain_xml import format_xml
from fieldcheck.scoring.gate import DECIDING, GateSetResult
from fieldcheck.words.figures import format_percent, format_points, format_points_interval
from fieldcheck.words.gate import describe_gate_verdict, get_gate_set_name, get_gate_state_name, list_gate_lines, list_training_overlaps
from fieldcheck.words.language import tr
from fieldcheck.workflows.models.gate import GateResult


def format_gate_junit(found: GateResult) -> str:
    """A test for each set: `failure` where it lost, or where a set that has to be decided is open; `skipped` where another is open. One
    more for the training pictures where they are known, `skipped` where the candidate has seen what it is tested on."""
    holding: set[str] = {*DECIDING, *found.required}
    absent = [kind for kind in found.required if all(line.kind != kind for line in found.lines)]
    failed = [line for line in found.lines if _is_failed(line, holding)]
    skipped = [line for line in found.lines if line.state in ("not_enough", "too_few") and line not in failed]
    seen = found.leaked
    has_leaks = seen is not None and bool(seen.benchmark or seen.field)
    n_tests = len(found.lines) + len(absent) + (seen is not None)
    counts = {"tests": n_tests, "failures": len(failed) + len(absent), "skipped": len(skipped) + has_leaks}
    suite = ElementTree.Element("testsuite", {"name": "fieldcheck gate", **{key: str(n) for key, n in counts.items()}})
    for line in found.lines:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"{found.model}.{line.kind}", name=get_gate_set_name(line.kind, line.name)
        )
        if line in failed or line in skipped:
            told = ElementTree.SubElement(case, "failure" if line in failed else "skipped", message=get_gate_state_name(line.state))
            told.text = _format_figures(line)
    for kind in absent:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{found.model}.{kind}", name=get_gate_set_name(kind, ""))
        ElementTree.SubElement(case, "failure", message=get_gate_state_name("too_few"))
    if seen is not None:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{found.model}.training", name=tr("images seen in training"))
        if has_leaks:
            ElementTree.SubElement(case, "skipped", message=format_leakage(found)[0])
        ElementTree.SubElement(case, "system-out").text = "\n".join(format_leakage(found))
    return "\n".join(map(replace_controls, format_xml(suite, declared=True).splitlines())) + "\n"


def format_gate_markdown(found: GateResult) -> str:
    """The table of the gate, its head above and its last word below."""
    said = list_gate_lines(
        found.model, found.against, found.severity, found.tolerance, found.lines, found.verdict, found.skipped, found.metric
    )
    heads = (tr("Dataset"), "n", tr("before"), tr("now"), tr("change, pp"), tr("verdict"))
    rows = [_format_cells(line) for line in found.lines]
    table = ["| " + " | ".join(_escape_markdown(cell) for cell in row) + " |" for row in (heads, *rows)]
    table.insert(1, "|" + " --- |" * len(heads))
    open_sets = [line for line in found.lines if line.state in ("not_enough", "too_few")]
    leaks = [_escape_markdown(line) for line in format_leakage(found)]
    return "\n".join(
        replace_controls(line)
        for line in [
            _escape_markdown(said[0]),
            "",
            *table,
            "",
            *(one for line in leaks for one in (line, "")),
            f"**{describe_gate_verdict(found.verdict, not open_sets)}**",
            "",
        ]
    )


def format_leakage(found: GateResult) -> tuple[str, ...]:
    """Leakage of the candidate's training pictures, told; empty where nobody said what it was trained on."""
    seen = found.leaked
    return () if seen is None else list_training_overlaps(list(seen.benchmark), list(seen.field), seen.n_training, seen.n_unreadable)


def _is_failed(line: GateSetResult, holding: set[str]) -> bool:
    return line.state == "fail" or (line.state != "pass" and line.kind in holding)


def _format_cells(line: GateSetResult) -> tuple[str, ...]:
    scores = [format_percent(one.value, 1) if one.measured else "–" for one in (line.before, line.after)]
    return (get_gate_set_name(line.kind, line.name), str(line.table.n), *scores, _format_change(line), get_gate_state_name(line.state))


def _format_change(line: GateSetResult) -> str:
    if not line.change.measured:
        return "–"
    return f"{format_points(line.change.value, 1)} ({format_points_interval(line.change, 1)})"


def _format_figures(line: GateSetResult) -> str:
    return f"n = {line.table.n}: {_format_change(line)}"


def _escape_markdown(said: str) -> str:
    """A name may hold what Markdown takes for a table, a link or HTML."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in said)
