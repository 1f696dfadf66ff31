"""Release gate in words: a line for each set, and whether the new model may pass."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.scoring.gate import GateSetResult
from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.corruptions import get_severity_name
from fieldcheck.words.figures import format_limit, format_number, format_percent, format_points, format_points_interval
from fieldcheck.words.formatting import format_names, to_one_line
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.scores import FURTHER, get_metric_name


def list_gate_lines(
    new: str, old: str, severity: float, tolerance: float, lines: Sequence[GateSetResult], verdict: str, skipped: int, metric: str = ""
) -> tuple[str, ...]:
    """The table of the gate and its verdict."""
    head = tr("{new} vs {old}; tolerance {tolerance} pp; corruption severity: {severity}").format(
        new=to_one_line(new), old=to_one_line(old), tolerance=format_limit(tolerance), severity=get_severity_name(severity)
    )
    if metric in FURTHER:
        head = tr("{head}; metric: {metric}").format(head=head, metric=get_metric_name(metric))
    said = [head, *(line for one in lines for line in _format_line(one))]
    if skipped:
        said.append(
            tr_plural(
                "{n} benchmark image skipped: its class is missing in one of the models.",
                "{n} benchmark images skipped: their class is missing in one of the models.",
                skipped,
            ).format(n=skipped)
        )
    open_sets = _list_open_lines(lines) if verdict != "fail" else ()
    return (*said, *open_sets, describe_gate_verdict(verdict, not open_sets))


def _list_open_lines(lines: Sequence[GateSetResult]) -> tuple[str, ...]:
    """What nothing may be said of, in one line; the field too where not a frame of it is labelled."""
    if not lines:
        return ()
    names = [get_gate_set_name(one.kind, one.name) for one in lines if one.state in ("not_enough", "too_few")]
    if all(one.kind != "field" for one in lines):
        names.append(tr("field: no labels"))
    return (tr("Inconclusive, no statement: {sets}").format(sets="; ".join(names)),) if names else ()


def list_training_overlaps(benchmark: Sequence[str], field: Sequence[str], n_training: int, n_unreadable: int) -> tuple[str, ...]:
    """Pictures that the candidate has seen in training, or nearly the same ones; also that there are none. `benchmark`: paths; `field`:
    frames; of `n_training` pictures of the folder `n_unreadable` could not be looked at."""
    said, looked_at = [], n_training - n_unreadable
    if benchmark:
        said.append(
            tr_plural(
                "Data leakage: {n} benchmark image or a near-duplicate is in the new model's training images ({of} "
                "checked); its benchmark score is not reliable: {names}",
                "Data leakage: {n} benchmark images or near-duplicates are in the new model's training images ({of} "
                "checked); its benchmark score is not reliable: {names}",
                len(benchmark),
            ).format(n=len(benchmark), of=looked_at, names=format_names(benchmark, 3))
        )
    if field:
        said.append(
            tr_plural(
                "Data leakage: {n} labelled field frame or a near-duplicate is in the new model's training images "
                "({of} checked) and is not a valid test: {names}",
                "Data leakage: {n} labelled field frames or near-duplicates are in the new model's training images "
                "({of} checked) and are not a valid test: {names}",
                len(field),
            ).format(n=len(field), of=looked_at, names=format_names(field, 3))
        )
    if not said:
        said.append(tr("No near-duplicates of test images among the training images ({of} checked).").format(of=looked_at))
    if n_unreadable:
        unread = tr_plural("{n} training image could not be read.", "{n} training images could not be read.", n_unreadable)
        said.append(unread.format(n=n_unreadable))
    return tuple(said)


def describe_gate_verdict(verdict: str, all_decided: bool = True) -> str:
    """The last word."""
    return {
        "pass": tr("Passed: a regression beyond the tolerance is excluded.") if all_decided else tr("Passed on all conclusive sets."),
        "fail": tr("Failed: the new model shows a regression."),
    }.get(verdict, tr("Insufficient data: a regression can neither be demonstrated nor excluded. Add images to the open sets."))


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
        "golden": tr("golden set {name}").format(name=to_one_line(name)),
    }.get(kind, to_one_line(name))


def get_gate_state_name(state: str) -> str:
    """State of a line of the gate."""
    return {
        "pass": tr("passed"),
        "fail": tr("regression"),
        "not_enough": tr("inconclusive"),
        "too_few": tr("too few"),
    }.get(state, state)


def _format_line(one: GateSetResult) -> list[str]:
    name, state = get_gate_set_name(one.kind, one.name), get_gate_state_name(one.state)
    if not one.change.measured:
        return [tr("{state}: {set}: no image").format(set=name, state=state)]
    if one.before.status == "weak":
        said = tr("{state}: {set}: {before} of {n} correct before, {after} now").format(
            state=state,
            set=name,
            before=format_number(one.table.both_right + one.table.only_a),
            after=format_number(one.table.both_right + one.table.only_b),
            n=one.table.n,
        )
    else:
        said = tr("{state}: {set}: {before} before, {after} now, change {change} pp ({range}), n = {n}").format(
            state=state,
            set=name,
            before=format_percent(one.before.value, 1),
            after=format_percent(one.after.value, 1),
            change=format_points(one.change.value, 1),
            range=format_points_interval(one.change, 1),
            n=one.before.n,
        )
    if one.kind != "golden" or not one.lost:
        return [said]
    return [said, tr("wrong now: {names}").format(names=format_names(one.lost))]
