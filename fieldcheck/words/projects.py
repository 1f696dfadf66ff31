"""Texts about a project that is made, changed or checked."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.decision import RateLimit
from fieldcheck.scoring.verdict import TOLERANCE
from fieldcheck.words import figures
from fieldcheck.words.language import plural, text
from fieldcheck.words.remedies import remedy


def made(path: str, model: str, n_benchmark: int) -> tuple[str, ...]:
    """A new project, and what it still needs."""
    said = [text("Project created: {path}").format(path=path)]
    said.append(
        text("Model: {name}").format(name=model) if model else text("No model yet: add one{remedy}.").format(remedy=remedy("model"))
    )
    if n_benchmark:
        said.append(plural("Benchmark: {n} image", "Benchmark: {n} images", n_benchmark).format(n=n_benchmark))
    else:
        said.append(text("No benchmark yet: set one{remedy}.").format(remedy=remedy("benchmark")))
    return tuple(said)


def model_set(name: str) -> str:
    """A model was added."""
    return text("{name} is now the newest model of this project.").format(name=name)


def benchmark_set(n: int, unmatched: Sequence[str]) -> str:
    """A benchmark was named; classes that the model does not know are listed."""
    said = plural("Benchmark of {n} image.", "Benchmark of {n} images.", n).format(n=n)
    if unmatched:
        said += " " + text("Unknown to the model: {names}.").format(names=", ".join(unmatched))
    return said


def golden_added(name: str, n: int) -> str:
    """A golden set was named."""
    return plural(
        "Golden set {name}: {n} image that must stay correct.", "Golden set {name}: {n} images that must stay correct.", n
    ).format(name=name, n=n)


def checked(
    ok: bool, n_problems: int, repaired: Sequence[str], taken_back: Sequence[tuple[str, int]] = (), backup: str = ""
) -> tuple[str, ...]:
    """The outcome of a check."""
    if ok:
        return (text("No problems found."),)
    said = [plural("{n} problem found.", "{n} problems found.", n_problems).format(n=n_problems)]
    if repaired:
        said.append(text("Repaired: {what}").format(what="; ".join(repaired)))
    else:
        said.append(text("No changes made. Some problems can be repaired{remedy}.").format(remedy=remedy("repair")))
    if taken_back:
        rows = ", ".join(f"{table} {n}" for table, n in taken_back)
        said.append(text("Unreadable rows restored from backup {backup}; they may be outdated: {rows}.").format(backup=backup, rows=rows))
    return tuple(said)


def reported(sentence: str, page: str, missing: str = "") -> tuple[str, ...]:
    """The gap in one sentence, where the report lies, and what is done next, by the code of its remedy; empty for nothing."""
    said = (sentence, text("Report: {path}").format(path=page))
    return (*said, text("The report is incomplete. Do the next step{remedy}.").format(remedy=remedy(missing))) if missing else said


def self_checked(n_rooms: int, n_screens: int) -> str:
    """All rooms could be entered, and every screen could be built."""
    return text("Self-check passed: {n} modules, {screens} screens and the demo files are present.").format(n=n_rooms, screens=n_screens)


def rate_limit_said(limit: RateLimit) -> str:
    """One limit that somebody set, and who."""
    name = {
        "escape_rate": text("Escape rate"),
        "false_reject_rate": text("False-reject rate"),
        "confident_errors": text("Confident errors"),
    }[limit.rate]
    said = text("{name}: at most {value} (set by {who}).") if limit.by else text("{name}: at most {value}.")
    return said.format(name=name, value=figures.percent(limit.limit, 1), who=limit.by)


def limit_owner(tolerance: float, by: str) -> str:
    """Owner of the limit for the gap: a name, the program, or that a limit of their own was set without a name."""
    return by or (text("program default") if tolerance == TOLERANCE else text("no name given"))


def limits_said(tolerance: float, by: str, ok: Sequence[str], told: bool) -> tuple[str, ...]:
    """The limits as they stand: the largest gap accepted and who decided it, and the classes that are OK."""
    decided = text("approved by {name}").format(name=by) if by else limit_owner(tolerance, by)
    gap = text("Maximum gap: {points} pp ({decided}).").format(points=figures.limit(tolerance), decided=decided)
    if not ok:
        return gap, text("No OK class set, so escape and false-reject rates are not computed.")
    names = ", ".join(ok)
    said = text("OK classes: {classes}.") if told else text("OK classes, proposed from their names: {classes}.")
    return gap, said.format(classes=names)
