"""The gate as files that build servers and pull requests show: JUnit XML and a Markdown table."""

from __future__ import annotations

from xml.etree import ElementTree

from fieldcheck.cli.output import without_controls
from fieldcheck.plain_xml import xml_document
from fieldcheck.scoring.gate import DECIDING, Gated
from fieldcheck.words.figures import percent, points, points_interval
from fieldcheck.words.gate import decided, gate_lines, seen_in_training, set_name, state_name
from fieldcheck.words.language import text
from fieldcheck.workflows.models.gate import GateResult


def gate_junit(found: GateResult) -> str:
    """A test for each set: `failure` where it lost, or where a set that has to be decided is open; `skipped` where another is open. One
    more for the training pictures where they are known, `skipped` where the candidate has seen what it is tested on."""
    holding: set[str] = {*DECIDING, *found.required}
    absent = [kind for kind in found.required if all(line.kind != kind for line in found.lines)]
    failed = [line for line in found.lines if _failed(line, holding)]
    skipped = [line for line in found.lines if line.state in ("not_enough", "too_few") and line not in failed]
    seen = found.leaked
    has_leaks = seen is not None and bool(seen.benchmark or seen.field)
    n_tests = len(found.lines) + len(absent) + (seen is not None)
    counts = {"tests": n_tests, "failures": len(failed) + len(absent), "skipped": len(skipped) + has_leaks}
    suite = ElementTree.Element("testsuite", {"name": "fieldcheck gate", **{key: str(n) for key, n in counts.items()}})
    for line in found.lines:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{found.model}.{line.kind}", name=set_name(line.kind, line.name))
        if line in failed or line in skipped:
            told = ElementTree.SubElement(case, "failure" if line in failed else "skipped", message=state_name(line.state))
            told.text = _figures(line)
    for kind in absent:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{found.model}.{kind}", name=set_name(kind, ""))
        ElementTree.SubElement(case, "failure", message=state_name("too_few"))
    if seen is not None:
        case = ElementTree.SubElement(suite, "testcase", classname=f"{found.model}.training", name=text("images seen in training"))
        if has_leaks:
            ElementTree.SubElement(case, "skipped", message=leak_lines(found)[0])
        ElementTree.SubElement(case, "system-out").text = "\n".join(leak_lines(found))
    return "\n".join(map(without_controls, xml_document(suite, declared=True).splitlines())) + "\n"


def gate_markdown(found: GateResult) -> str:
    """The table of the gate, its head above and its last word below."""
    said = gate_lines(found.model, found.against, found.severity, found.tolerance, found.lines, found.verdict, found.skipped, found.metric)
    heads = (text("Dataset"), "n", text("before"), text("now"), text("change, pp"), text("verdict"))
    rows = [_cells(line) for line in found.lines]
    table = ["| " + " | ".join(_plain_cell(cell) for cell in row) + " |" for row in (heads, *rows)]
    table.insert(1, "|" + " --- |" * len(heads))
    open_sets = [line for line in found.lines if line.state in ("not_enough", "too_few")]
    leaks = [_plain_cell(line) for line in leak_lines(found)]
    return "\n".join(
        without_controls(line)
        for line in [
            _plain_cell(said[0]),
            "",
            *table,
            "",
            *(one for line in leaks for one in (line, "")),
            f"**{decided(found.verdict, not open_sets)}**",
            "",
        ]
    )


def leak_lines(found: GateResult) -> tuple[str, ...]:
    """Leakage of the candidate's training pictures, told; empty where nobody said what it was trained on."""
    seen = found.leaked
    return () if seen is None else seen_in_training(list(seen.benchmark), list(seen.field), seen.n_training, seen.n_unreadable)


def _failed(line: Gated, holding: set[str]) -> bool:
    return line.state == "fail" or (line.state != "pass" and line.kind in holding)


def _cells(line: Gated) -> tuple[str, ...]:
    scores = [percent(one.value, 1) if one.measured else "–" for one in (line.before, line.after)]
    return (set_name(line.kind, line.name), str(line.table.n), *scores, _change(line), state_name(line.state))


def _change(line: Gated) -> str:
    if not line.change.measured:
        return "–"
    return f"{points(line.change.value, 1)} ({points_interval(line.change, 1)})"


def _figures(line: Gated) -> str:
    return f"n = {line.table.n}: {_change(line)}"


def _plain_cell(said: str) -> str:
    """A name may hold what Markdown takes for a table, a link or HTML."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in said)
