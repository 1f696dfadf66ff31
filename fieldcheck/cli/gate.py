"""The commands `gate` and `golden`: whether a new model may replace the old one, with the result as
text, JUnit XML and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import click

from fieldcheck.cli.command import (
    Answer,
    LazyGroup,
    TerminalProgress,
    define_command,
    json_command,
    replace_controls,
)
from fieldcheck.cli.values import FRACTION, METRIC, SEED, existing_project
from fieldcheck.csv_json_xml import format_xml
from fieldcheck.domain.estimate import P_BY_FRAME
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.domain.run import DECIDING, GateSet
from fieldcheck.errors.message_format import format_names, to_one_line
from fieldcheck.files import write_text
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_limit,
    format_number,
    format_percent,
    format_points,
    format_points_interval,
)
from fieldcheck.models.messages import FURTHER, get_metric_name
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.analyses.release_gate import GateResult
    from fieldcheck.models.compare import GateSetResult
    from fieldcheck.models.near_duplicates import TrainingLeaks

PAIR = 2  # models that are compared with each other; more are ranked

# Release gate in words: a line for each set, and whether the new model may pass.


def list_gate_lines(
    new: str,
    old: str,
    severity: float,
    tolerance: float,
    lines: Sequence[GateSetResult],
    verdict: str,
    skipped: int,
    metric: str = "",
    not_asked: bool = False,
) -> tuple[str, ...]:
    """The table of the gate and its verdict. `not_asked`: one of the models runs elsewhere, and
    answers stored images only."""
    from fieldcheck.corruptions.messages import get_severity_name

    points = format_limit(tolerance)
    head = tr_points(
        "{new} vs {old}; tolerance {tolerance} pp; corruption severity: {severity}", points
    ).format(
        new=to_one_line(new),
        old=to_one_line(old),
        tolerance=points,
        severity=get_severity_name(severity),
    )
    if metric in FURTHER:
        head = tr("{head}; metric: {metric}", head=head, metric=get_metric_name(metric))
    gate_lines = [
        head,
        *(line for gate_set_result in lines for line in _format_line(gate_set_result)),
    ]
    if skipped:
        gate_lines.append(
            tr_plural(
                "{n} benchmark image skipped: its class is missing in one of the models.",
                "{n} benchmark images skipped: their class is missing in one of the models.",
                skipped,
                n=skipped,
            )
        )
    if not_asked:
        gate_lines.append(
            tr(
                "Corrupted images and golden sets not tested: one of the models is a predictions "
                "file."
            )
        )
    open_sets = _list_open_lines(lines) if verdict != "fail" else ()
    return (*gate_lines, *open_sets, describe_gate_verdict(verdict, not open_sets))


def _list_open_lines(lines: Sequence[GateSetResult]) -> tuple[str, ...]:
    """What nothing may be said of, in one line; the field too where not a frame of it is
    labelled."""
    if not lines:
        return ()
    names = [
        get_gate_set_name(line.kind, line.name)
        for line in lines
        if line.state in ("not_enough", "too_few")
    ]
    if all(line.kind != "field" for line in lines):
        names.append(tr("field: no labels"))
    return (tr("Inconclusive, no statement: {sets}", sets="; ".join(names)),) if names else ()


def list_training_overlaps(
    benchmark: Sequence[str], field: Sequence[str], n_training: int, n_unreadable: int
) -> tuple[str, ...]:
    """Pictures that the candidate has seen in training, or nearly the same ones; also that there
    are none. `benchmark`: paths; `field`: frames; of `n_training` pictures of the folder
    `n_unreadable` could not be looked at."""
    lines, looked_at = [], n_training - n_unreadable
    if benchmark:
        lines.append(
            tr_plural(
                "Data leakage: {n} benchmark image or a near-duplicate is in the new model's "
                "training images ({of} "
                "checked); its benchmark score is not reliable: {names}",
                "Data leakage: {n} benchmark images or near-duplicates are in the new model's "
                "training images ({of} "
                "checked); its benchmark score is not reliable: {names}",
                len(benchmark),
                n=len(benchmark),
                of=looked_at,
                names=format_names(benchmark, 3),
            )
        )
    if field:
        lines.append(
            tr_plural(
                "Data leakage: {n} labelled field frame or a near-duplicate is in the new "
                "model's training images "
                "({of} checked) and is not a valid test: {names}",
                "Data leakage: {n} labelled field frames or near-duplicates are in the new "
                "model's training images "
                "({of} checked) and are not a valid test: {names}",
                len(field),
                n=len(field),
                of=looked_at,
                names=format_names(field, 3),
            )
        )
    if not lines:
        lines.append(
            tr(
                "No near-duplicates of test images among the training images ({of} checked).",
                of=looked_at,
            )
        )
    if n_unreadable:
        unread = tr_plural(
            "{n} training image could not be read.",
            "{n} training images could not be read.",
            n_unreadable,
        )
        lines.append(unread.format(n=n_unreadable))
    return tuple(lines)


def describe_gate_verdict(verdict: str, all_decided: bool = True) -> str:
    """The last word."""
    return {
        "pass": tr("Passed: a regression beyond the tolerance is excluded.")
        if all_decided
        else tr("Passed on all conclusive sets."),
        "fail": tr("Failed: the new model shows a regression."),
    }.get(
        verdict,
        tr(
            "Insufficient data: a regression can neither be demonstrated nor excluded. Add images "
            "to the open sets."
        ),
    )


def get_gate_set_name(kind: str, name: str) -> str:
    """A set of the gate."""
    if kind == "slice":
        key, _, value = name.partition("=")
        shown = get_condition_name(value) if key == "condition" else to_one_line(value)
        return {
            "location": tr("{value} (location)"),
            "camera": tr("{value} (camera)"),
            "condition": tr("{value} (condition)"),
            "class": tr("{value} (class)"),
        }.get(key, "{value}").format(value=shown)
    return {
        "clean": tr("benchmark, clean"),
        "corrupted": tr("benchmark, corrupted"),
        "field": tr("labelled field frames"),
        "golden": tr("golden set {name}", name=to_one_line(name)),
    }.get(kind, to_one_line(name))


def get_gate_state_name(state: str) -> str:
    """State of a line of the gate."""
    return {
        "pass": tr("passed"),
        "fail": tr("regression"),
        "not_enough": tr("inconclusive"),
        "too_few": tr("too few"),
    }.get(state, state)


def _format_line(gate_set_result: GateSetResult) -> list[str]:
    name, state = (
        get_gate_set_name(gate_set_result.kind, gate_set_result.name),
        get_gate_state_name(gate_set_result.state),
    )
    if not gate_set_result.change.measured:
        return [tr("{state}: {set}: no image", set=name, state=state)]
    if gate_set_result.before.status == "weak":
        text = tr(
            "{state}: {set}: {before} of {n} correct before, {after} now",
            state=state,
            set=name,
            before=format_number(gate_set_result.table.both_right + gate_set_result.table.only_a),
            after=format_number(gate_set_result.table.both_right + gate_set_result.table.only_b),
            n=gate_set_result.table.n,
        )
    else:
        text = tr(
            "{state}: {set}: {before} before, {after} now, change {change} pp ({range}), n = {n}",
            state=state,
            set=name,
            before=format_percent(gate_set_result.before.value, 1),
            after=format_percent(gate_set_result.after.value, 1),
            change=format_points(gate_set_result.change.value, 1),
            range=format_points_interval(gate_set_result.change, 1),
            n=gate_set_result.before.n,
        )
    if gate_set_result.kind != "golden" or not gate_set_result.lost:
        return [text]
    return [text, tr("wrong now: {names}", names=format_names(gate_set_result.lost))]


# The gate as files that build servers and pull requests show: JUnit XML and a Markdown table.


def format_gate_junit(gate_result: GateResult) -> str:
    """A test for each set: `failure` where it lost, or where a set that has to be decided is open;
    `skipped` where another is open. One more for the training pictures where they are known,
    `skipped` where the candidate has seen what it is tested on."""
    holding: set[str] = {*DECIDING, *gate_result.required}
    absent = [
        kind
        for kind in gate_result.required
        if all(line.kind != kind for line in gate_result.lines)
    ]
    failed = [line for line in gate_result.lines if _is_failed(line, holding)]
    skipped = [
        line
        for line in gate_result.lines
        if line.state in ("not_enough", "too_few") and line not in failed
    ]
    seen = gate_result.leaked
    has_leaks = seen is not None and bool(seen.benchmark or seen.field)
    n_tests = len(gate_result.lines) + len(absent) + (seen is not None)
    counts = {
        "tests": n_tests,
        "failures": len(failed) + len(absent),
        "skipped": len(skipped) + has_leaks,
    }
    suite = ElementTree.Element(
        "testsuite", {"name": "fieldcheck gate", **{key: str(n) for key, n in counts.items()}}
    )
    for line in gate_result.lines:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"{gate_result.model}.{line.kind}",
            name=get_gate_set_name(line.kind, line.name),
        )
        if line in failed or line in skipped:
            element = ElementTree.SubElement(
                case,
                "failure" if line in failed else "skipped",
                message=get_gate_state_name(line.state),
            )
            element.text = _format_figures(line)
    for kind in absent:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"{gate_result.model}.{kind}",
            name=get_gate_set_name(kind, ""),
        )
        ElementTree.SubElement(case, "failure", message=get_gate_state_name("too_few"))
    if seen is not None:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"{gate_result.model}.training",
            name=tr("images seen in training"),
        )
        if has_leaks:
            ElementTree.SubElement(case, "skipped", message=format_leakage(gate_result)[0])
        ElementTree.SubElement(case, "system-out").text = "\n".join(format_leakage(gate_result))
    return "\n".join(map(replace_controls, format_xml(suite, declared=True).splitlines())) + "\n"


def format_gate_markdown(gate_result: GateResult) -> str:
    """The table of the gate, its head above and its last word below."""
    gate_lines = list_gate_lines(
        gate_result.model,
        gate_result.against,
        gate_result.severity,
        gate_result.tolerance,
        gate_result.lines,
        gate_result.verdict,
        gate_result.skipped,
        gate_result.metric,
        bool(gate_result.not_asked),
    )
    heads = (tr("Dataset"), "n", tr("before"), tr("now"), tr("change, pp"), tr("verdict"))
    rows = [_format_cells(line) for line in gate_result.lines]
    table = [
        "| " + " | ".join(_escape_markdown(cell) for cell in row) + " |" for row in (heads, *rows)
    ]
    table.insert(1, "|" + " --- |" * len(heads))
    open_sets = [line for line in gate_result.lines if line.state in ("not_enough", "too_few")]
    leaks = [_escape_markdown(line) for line in format_leakage(gate_result)]
    return "\n".join(
        replace_controls(line)
        for line in [
            _escape_markdown(gate_lines[0]),
            "",
            *table,
            "",
            *(text for line in leaks for text in (line, "")),
            f"**{describe_gate_verdict(gate_result.verdict, not open_sets)}**",
            "",
        ]
    )


def format_leakage(gate_result: GateResult) -> tuple[str, ...]:
    """Leakage of the candidate's training images into the test sets, in sentences; empty where its
    training data was not given."""
    seen = gate_result.leaked
    return (
        ()
        if seen is None
        else list_training_overlaps(
            list(seen.benchmark), list(seen.field), seen.n_training, seen.n_unreadable
        )
    )


def _is_failed(line: GateSetResult, holding: set[str]) -> bool:
    return line.state == "fail" or (line.state != "pass" and line.kind in holding)


def _format_cells(line: GateSetResult) -> tuple[str, ...]:
    scores = [
        format_percent(score.value, 1) if score.measured else "–"
        for score in (line.before, line.after)
    ]
    return (
        get_gate_set_name(line.kind, line.name),
        str(line.table.n),
        *scores,
        _format_change(line),
        get_gate_state_name(line.state),
    )


def _format_change(line: GateSetResult) -> str:
    if not line.change.measured:
        return "–"
    return f"{format_points(line.change.value, 1)} ({format_points_interval(line.change, 1)})"


def _format_figures(line: GateSetResult) -> str:
    return f"n = {line.table.n}: {_format_change(line)}"


def _escape_markdown(text: str) -> str:
    """A name may hold what Markdown takes for a table, a link or HTML."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in text)


class SetKinds(click.ParamType[tuple[GateSet, ...]]):
    """Kinds of sets, comma between them."""

    name = "sets"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[GateSet, ...]:
        from fieldcheck.models.compare import KINDS

        if isinstance(value, tuple):
            return value
        names = [name.strip() for name in str(value).split(",") if name.strip()]
        unknown = [note for note in names if note not in KINDS]
        if unknown:
            self.fail(
                tr(
                    "{word} is not a valid value; choose from: {known}",
                    word=", ".join(unknown),
                    known=", ".join(KINDS),
                ),
                param,
                ctx,
            )
        return tuple(kind for kind in KINDS if kind in names)


@define_command("gate")
@existing_project
@click.option(
    "--model",
    required=True,
    metavar="M.onnx",
    help="New model: an ONNX file, or the name of a model in the project.",
)
@click.option("--card", type=click.Path(path_type=Path), default=None, help="Model card.")
@click.option(
    "--against",
    default=None,
    metavar="NAME",
    help="Current model to compare with; default: the newest other model.",
)
@click.option(
    "--severity",
    type=click.Choice(list(SEVERITIES)),
    default="moderate",
    show_default=True,
    help="Corruption severity.",
)
@click.option(
    "--seed", type=SEED, default=0, show_default=True, help="Random seed for the corruptions."
)
@click.option(
    "--tolerance",
    type=FRACTION,
    default=None,
    help="Tolerance, a fraction; default: the project's limit.",
)
@click.option(
    "--require",
    type=SetKinds(),
    default=(),
    metavar="SET,…",
    help="Sets that must be conclusive: field,clean,corrupted,golden,slice.",
)
@METRIC
@click.option(
    "--trained-on",
    type=click.Path(path_type=Path),
    default=None,
    help=("Folder of the new model's training images, to check for leakage."),
)
@click.option(
    "--junit",
    type=click.Path(path_type=Path),
    default=None,
    help=("Also write the result of each set as JUnit XML, for CI."),
)
@click.option(
    "--markdown",
    type=click.Path(path_type=Path),
    default=None,
    help=("Also write the table as Markdown, for a pull request."),
)
@json_command("gate")
def run_gate_command(
    project: Path,
    model: str,
    severity: str,
    junit: Path | None,
    markdown: Path | None,
    require: tuple[GateSet, ...],
    bar: TerminalProgress,
    **options: Any,
) -> Answer:
    """Compare a new model with the current one for CI. Exit code 0 = pass, 3 = fail, 4 =
    insufficient data."""
    from fieldcheck.analyses.release_gate import EXIT_CODES, GateRequest, run_gate
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.doctor.findings import list_inherited_card_lines

    wanted = GateRequest(model, severity=SEVERITIES[severity], required=require, **options)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        gate_result = run_gate(opened, wanted, bar, get_timestamp())
    lines = list_gate_lines(
        gate_result.model,
        gate_result.against,
        gate_result.severity,
        gate_result.tolerance,
        gate_result.lines,
        gate_result.verdict,
        gate_result.skipped,
        gate_result.metric,
        bool(gate_result.not_asked),
    )
    lines = (
        *list_inherited_card_lines(gate_result.inherited),
        *format_leakage(gate_result),
        *lines,
    )
    for path, written in ((junit, format_gate_junit), (markdown, format_gate_markdown)):
        if path is not None:
            write_text(path, written(gate_result))
    return Answer(
        {"project": str(project.resolve()), **make_gate_document(gate_result)},
        lines,
        EXIT_CODES[gate_result.verdict],
    )


def make_gate_document(gate_result: GateResult) -> dict[str, Any]:
    """The gate as `gate --json` prints it."""
    from fieldcheck.analyses.release_gate import list_undecided

    return {
        "model": gate_result.model,
        "against": gate_result.against,
        "verdict": gate_result.verdict,
        "required": list(gate_result.required),
        "undecided": [
            {
                "set": gate_set_result.kind,
                "name": gate_set_result.name,
                "n": gate_set_result.table.n,
            }
            for gate_set_result in list_undecided(gate_result.lines)
        ],
        "metric": gate_result.metric,
        "card_of": gate_result.inherited or None,
        "tolerance": gate_result.tolerance,
        "severity": gate_result.severity,
        "seed": gate_result.seed,
        "n_skipped": gate_result.skipped,
        "leaked": None
        if gate_result.leaked is None
        else _make_leakage_document(gate_result.leaked),
        "sets": [
            {
                "set": line.kind,
                "name": line.name,
                "n": line.table.n,
                "before": line.before.to_json(),
                "after": line.after.to_json(),
                "change": line.change.to_json(),
                **P_BY_FRAME,
                "q": None,
                "p_clips": line.p,
                "state": line.state,
                "lost": list(line.lost),
            }
            for line in gate_result.lines
        ],
    }


def _make_leakage_document(seen: TrainingLeaks) -> dict[str, Any]:
    sides = (("clean", seen.benchmark), ("field", seen.field))
    pairs = [
        {"set": kind, "picture": name, "twin": twin}
        for kind, sides in sides
        for name, twin in sides.items()
    ]
    return {"pairs": pairs, "n_training": seen.n_training, "n_unreadable": seen.n_unreadable}


@click.group("golden", cls=LazyGroup)
def golden_group() -> None:
    """Golden sets: labelled images that must stay correct with every new model."""


@golden_group.command("add")
@existing_project
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@json_command("golden_add")
def add_golden_set_command(project: Path, name: str, path: Path, bar: TerminalProgress) -> Answer:
    """Add a golden set: labelled images that must stay correct. Replaces a set of the same name."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.evaluate import add_golden_set
    from fieldcheck.project import messages as project_words

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        added = add_golden_set(opened, name, path)
    document = {
        "project": str(project.resolve()),
        "name": added.name,
        "path": added.root,
        "format": added.format,
        "n": added.n,
    }
    return Answer(document, (project_words.describe_added_golden_set(added.name, added.n),))


COMMANDS = (run_gate_command, golden_group)
