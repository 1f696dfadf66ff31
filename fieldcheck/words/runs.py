"""Stored runs in words: the list of them, and what came of repeating one."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.run import ReplayDifference, Replayed, RunLine
from fieldcheck.words.formatting import plain
from fieldcheck.words.language import plural, text

SHOWN = 10  # differences that are told one by one; the document has them all
SHORT = 12  # letters of a hash that are told


def run_lines(n: int, lines: Sequence[RunLine], skipped: int) -> tuple[str, ...]:
    """The list of runs, one a line, and how many there are."""
    shown = [
        text("{run}  {created}  {model} on {where}{recipe}; answers: {n}").format(
            run=one.run.run_id,
            created=one.run.created[:19],
            model=plain(one.model),
            where=set_name(one.run.on),
            recipe=_recipe(one),
            n=one.n_done,
        )
        for one in lines
    ]
    said = plural("{n} run is stored", "{n} runs are stored", n).format(n=n)
    if n > len(lines):
        said += "; " + text("shown: {first} to {last}, the newest first.").format(first=skipped + 1, last=skipped + len(lines))
        return (*shown, said)
    return (*shown, said + ".")


def set_name(on: str) -> str:
    """Frames that a run goes over, inside a sentence."""
    return {"field": text("picked frames"), "footage": text("footage"), "benchmark": text("benchmark")}[on]


def _recipe(one: RunLine) -> str:
    if one.run.recipe == "none":
        return ""
    return f", {plain(one.run.recipe)}" + (f" {one.run.severity:g}" if one.run.severity else "")


def replay_lines(found: Replayed) -> tuple[str, ...]:
    """Whether every digit came again, and what is not as it was, the first differences one by one."""
    shown = [_difference(one) for one in found.differences[:SHOWN]]
    if len(found.differences) > SHOWN:
        shown.append(text("{n} more differences; --json lists them all.").format(n=len(found.differences) - SHOWN))
    return (_verdict(found), *shown)


def _verdict(found: Replayed) -> str:
    if found.same:
        return plural(
            "Run {run} of {model} on {where}: the same digits in {n} answer.",
            "Run {run} of {model} on {where}: the same digits in all {n} answers.",
            found.n,
        ).format(run=found.run.run_id, model=plain(found.model), where=set_name(found.run.on), n=found.n)
    if any(one.kind in ("model", "card") for one in found.differences):
        return text("Run {run} cannot be repeated: its model is not the one that was stored.").format(run=found.run.run_id)
    return plural(
        "Run {run} of {model} on {where} is not the same: {different} of {n} answer has other digits or lacks its picture.",
        "Run {run} of {model} on {where} is not the same: {different} of {n} answers have other digits or lack their picture.",
        found.n,
    ).format(run=found.run.run_id, model=plain(found.model), where=set_name(found.run.on), different=found.n_different, n=found.n)


def _difference(one: ReplayDifference) -> str:
    said = {
        "model": text("Model file {what}: SHA-256 {stored} was stored, {now} is there."),
        "card": text("Model card of {what}: SHA-256 {stored} was stored, {now} is there."),
        "frame": text("Picture {what}: SHA-256 {stored} was stored, {now} is there."),
        "library": text("Version of {what}: {stored} then, {now} now."),
        "machine": text("Computer ({what}): {stored} then, {now} now."),
        "threads": text("Threads: {stored} then, {now} now."),
        "provider": text("Computed by {stored} then, by {now} now."),
    }.get(one.kind, text("Answer {what}: {stored} then, {now} now."))
    hashes = one.kind in ("model", "card", "frame")
    stored, now = (_short(part) if hashes else plain(part) or "–" for part in (one.stored, one.now))
    return said.format(what=plain(one.what), stored=stored, now=now)


def _short(sha256: str) -> str:
    return sha256[:SHORT] if sha256 else text("no file")
