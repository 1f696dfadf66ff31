"""Release gate in words: a line for each set, and whether the new model may pass."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.scoring.gate import Gated
from fieldcheck.words.conditions import condition
from fieldcheck.words.corruptions import severity_name
from fieldcheck.words.figures import limit, number, percent, points, points_interval
from fieldcheck.words.formatting import listed, plain
from fieldcheck.words.language import plural, text
from fieldcheck.words.scores import FURTHER, metric_name


def gate_lines(
    new: str, old: str, severity: float, tolerance: float, lines: Sequence[Gated], verdict: str, skipped: int, metric: str = ""
) -> tuple[str, ...]:
    """The table of the gate and its verdict."""
    head = text("{new} vs {old}; tolerance {tolerance} pp; corruption severity: {severity}").format(
        new=plain(new), old=plain(old), tolerance=limit(tolerance), severity=severity_name(severity)
    )
    if metric in FURTHER:
        head = text("{head}; metric: {metric}").format(head=head, metric=metric_name(metric))
    said = [head, *(line for one in lines for line in _line(one))]
    if skipped:
        said.append(
            plural(
                "{n} benchmark image skipped: its class is missing in one of the models.",
                "{n} benchmark images skipped: their class is missing in one of the models.",
                skipped,
            ).format(n=skipped)
        )
    open_sets = _open(lines) if verdict != "fail" else ()
    return (*said, *open_sets, decided(verdict, not open_sets))


def _open(lines: Sequence[Gated]) -> tuple[str, ...]:
    """What nothing may be said of, in one line; the field too where not a frame of it is labelled."""
    if not lines:
        return ()
    names = [set_name(one.kind, one.name) for one in lines if one.state in ("not_enough", "too_few")]
    if all(one.kind != "field" for one in lines):
        names.append(text("field: no labels"))
    return (text("Inconclusive, no statement: {sets}").format(sets="; ".join(names)),) if names else ()


def seen_in_training(benchmark: Sequence[str], field: Sequence[str], n_training: int, n_unreadable: int) -> tuple[str, ...]:
    """Pictures that the candidate has seen in training, or nearly the same ones; also that there are none. `benchmark`: paths; `field`:
    frames; of `n_training` pictures of the folder `n_unreadable` could not be looked at."""
    said, looked_at = [], n_training - n_unreadable
    if benchmark:
        said.append(
            plural(
                "Data leakage: {n} benchmark image or a near-duplicate is in the new model's training images ({of} "
                "checked); its benchmark score is not reliable: {names}",
                "Data leakage: {n} benchmark images or near-duplicates are in the new model's training images ({of} "
                "checked); its benchmark score is not reliable: {names}",
                len(benchmark),
            ).format(n=len(benchmark), of=looked_at, names=listed(benchmark, 3))
        )
    if field:
        said.append(
            plural(
                "Data leakage: {n} labelled field frame or a near-duplicate is in the new model's training images "
                "({of} checked) and is not a valid test: {names}",
                "Data leakage: {n} labelled field frames or near-duplicates are in the new model's training images "
                "({of} checked) and are not a valid test: {names}",
                len(field),
            ).format(n=len(field), of=looked_at, names=listed(field, 3))
        )
    if not said:
        said.append(text("No near-duplicates of test images among the training images ({of} checked).").format(of=looked_at))
    if n_unreadable:
        unread = plural("{n} training image could not be read.", "{n} training images could not be read.", n_unreadable)
        said.append(unread.format(n=n_unreadable))
    return tuple(said)


def decided(verdict: str, all_decided: bool = True) -> str:
    """The last word."""
    return {
        "pass": text("Passed: a regression beyond the tolerance is excluded.") if all_decided else text("Passed on all conclusive sets."),
        "fail": text("Failed: the new model shows a regression."),
    }.get(verdict, text("Insufficient data: a regression can neither be demonstrated nor excluded. Add images to the open sets."))


def set_name(kind: str, name: str) -> str:
    """A set of the gate."""
    if kind == "slice":
        key, _, value = name.partition("=")
        shown = condition(value) if key == "condition" else plain(value)
        return {
            "location": text("{value} (location)"),
            "camera": text("{value} (camera)"),
            "condition": text("{value} (condition)"),
            "class": text("{value} (class)"),
        }.get(key, "{value}").format(value=shown)
    return {
        "clean": text("benchmark, clean"),
        "corrupted": text("benchmark, corrupted"),
        "field": text("labelled field frames"),
        "golden": text("golden set {name}").format(name=plain(name)),
    }.get(kind, plain(name))


def state_name(state: str) -> str:
    """State of a line of the gate."""
    return {
        "pass": text("passed"),
        "fail": text("regression"),
        "not_enough": text("inconclusive"),
        "too_few": text("too few"),
    }.get(state, state)


def _line(one: Gated) -> list[str]:
    name, state = set_name(one.kind, one.name), state_name(one.state)
    if not one.change.measured:
        return [text("{state}: {set}: no image").format(set=name, state=state)]
    if one.before.status == "weak":
        said = text("{state}: {set}: {before} of {n} correct before, {after} now").format(
            state=state,
            set=name,
            before=number(one.table.both_right + one.table.only_a),
            after=number(one.table.both_right + one.table.only_b),
            n=one.table.n,
        )
    else:
        said = text("{state}: {set}: {before} before, {after} now, change {change} pp ({range}), n = {n}").format(
            state=state,
            set=name,
            before=percent(one.before.value, 1),
            after=percent(one.after.value, 1),
            change=points(one.change.value, 1),
            range=points_interval(one.change, 1),
            n=one.before.n,
        )
    if one.kind != "golden" or not one.lost:
        return [said]
    return [said, text("wrong now: {names}").format(names=listed(one.lost))]
