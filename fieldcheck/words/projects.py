"""Texts about a project that is made, changed or checked."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.decision import RateLimit
from fieldcheck.scoring.verdict import DEFAULT_GAP_LIMIT
from fieldcheck.words import figures
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.remedies import format_remedy


def list_new_project_lines(path: str, model: str, n_benchmark: int) -> tuple[str, ...]:
    """A new project, and what it still needs."""
    said = [tr("Project created: {path}").format(path=path)]
    said.append(
        tr("Model: {name}").format(name=model) if model else tr("No model yet: add one{remedy}.").format(remedy=format_remedy("model"))
    )
    if n_benchmark:
        said.append(tr_plural("Benchmark: {n} image", "Benchmark: {n} images", n_benchmark).format(n=n_benchmark))
    else:
        said.append(tr("No benchmark yet: set one{remedy}.").format(remedy=format_remedy("benchmark")))
    return tuple(said)


def describe_added_model(name: str) -> str:
    """A model was added."""
    return tr("{name} is now the newest model of this project.").format(name=name)


def describe_added_benchmark(n: int, unmatched: Sequence[str]) -> str:
    """A benchmark was named; classes that the model does not know are listed."""
    said = tr_plural("Benchmark of {n} image.", "Benchmark of {n} images.", n).format(n=n)
    if unmatched:
        said += " " + tr("Unknown to the model: {names}.").format(names=", ".join(unmatched))
    return said


def describe_added_golden_set(name: str, n: int) -> str:
    """A golden set was named."""
    return tr_plural(
        "Golden set {name}: {n} image that must stay correct.", "Golden set {name}: {n} images that must stay correct.", n
    ).format(name=name, n=n)


def list_check_lines(
    ok: bool, n_problems: int, repaired: Sequence[str], taken_back: Sequence[tuple[str, int]] = (), backup: str = ""
) -> tuple[str, ...]:
    """The outcome of a check."""
    if ok:
        return (tr("No problems found."),)
    said = [tr_plural("{n} problem found.", "{n} problems found.", n_problems).format(n=n_problems)]
    if repaired:
        said.append(tr("Repaired: {what}").format(what="; ".join(repaired)))
    else:
        said.append(tr("No changes made. Some problems can be repaired{remedy}.").format(remedy=format_remedy("repair")))
    if taken_back:
        rows = ", ".join(f"{table} {n}" for table, n in taken_back)
        said.append(tr("Unreadable rows restored from backup {backup}; they may be outdated: {rows}.").format(backup=backup, rows=rows))
    return tuple(said)


def list_report_lines(sentence: str, page: str, missing: str = "") -> tuple[str, ...]:
    """The gap in one sentence, where the report lies, and what is done next, by the code of its remedy; empty for nothing."""
    said = (sentence, tr("Report: {path}").format(path=page))
    return (*said, tr("The report is incomplete. Do the next step{remedy}.").format(remedy=format_remedy(missing))) if missing else said


def describe_self_check(n_rooms: int, n_screens: int) -> str:
    """All rooms could be entered, and every screen could be built."""
    return tr("Self-check passed: {n} modules, {screens} screens and the demo files are present.").format(n=n_rooms, screens=n_screens)


def describe_rate_limit(limit: RateLimit) -> str:
    """One limit that somebody set, and who."""
    name = {
        "escape_rate": tr("Escape rate"),
        "false_reject_rate": tr("False-reject rate"),
        "confident_errors": tr("Confident errors"),
    }[limit.rate]
    said = tr("{name}: at most {value} (set by {who}).") if limit.by else tr("{name}: at most {value}.")
    return said.format(name=name, value=figures.format_percent(limit.limit, 1), who=limit.by)


def get_limit_owner(tolerance: float, by: str) -> str:
    """Owner of the limit for the gap: a name, the program, or that a limit of their own was set without a name."""
    return by or (tr("program default") if tolerance == DEFAULT_GAP_LIMIT else tr("no name given"))


def list_limit_lines(tolerance: float, by: str, ok: Sequence[str], told: bool) -> tuple[str, ...]:
    """The limits as they stand: the largest gap accepted and who decided it, and the classes that are OK."""
    decided = tr("approved by {name}").format(name=by) if by else get_limit_owner(tolerance, by)
    gap = tr("Maximum gap: {points} pp ({decided}).").format(points=figures.format_limit(tolerance), decided=decided)
    if not ok:
        return gap, tr("No OK class set, so escape and false-reject rates are not computed.")
    names = ", ".join(ok)
    said = tr("OK classes: {classes}.") if told else tr("OK classes, proposed from their names: {classes}.")
    return gap, said.format(classes=names)
