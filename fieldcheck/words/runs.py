"""Stored runs in words: the list of them, and what came of repeating one."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.run import ReplayDifference, Replayed, RunLine
from fieldcheck.words.corruptions import corruption_name, severity_name
from fieldcheck.words.evidence import moment
from fieldcheck.words.figures import interval, number, percent
from fieldcheck.words.formatting import plain
from fieldcheck.words.language import plural, text
from fieldcheck.words.ood import family_name, shortcut_name
from fieldcheck.words.remedies import remedy
from fieldcheck.words.scores import metric_name

SHOWN = 10  # differences that are told one by one; the document has them all
SHORT = 12  # letters of a hash that are told
PROBE = "probe:"  # before the name of what a model was shown that has no right answer
ENOUGH_FOR_A_DECIMAL = 500  # frames


def run_lines(n: int, lines: Sequence[RunLine], skipped: int) -> tuple[str, ...]:
    """The list of runs, one a line, and how many there are."""
    shown = [
        text("{run}  {created}  {model} on {where}{recipe}; predictions: {n}").format(
            run=one.run.run_id,
            created=one.run.created[:19],
            model=plain(one.model),
            where=set_name(one.run.on),
            recipe=_recipe(one),
            n=one.n_done,
        )
        for one in lines
    ]
    said = plural("{n} run saved", "{n} runs saved", n).format(n=n)
    if n > len(lines):
        said += "; " + text("showing {first} to {last}, newest first.").format(first=skipped + 1, last=skipped + len(lines))
        return (*shown, said)
    return (*shown, said + ".")


def run_line(one: RunLine, score: tuple[str, Estimate] | None) -> tuple[str, str, str, str, str]:
    """A run for a list with columns: when, over what, which model, how many answers, and its score with range and n; a dash without one."""
    return moment(one.run.created), _over(one), plain(one.model) or "–", number(one.n_done), _score(score)


def _over(one: RunLine) -> str:
    """Pictures that a run was asked about, and what was done to them."""
    recipe, probe = one.run.recipe, one.run.recipe.removeprefix(PROBE)
    if probe != recipe:
        return text("OOD") + ": " + (shortcut_name(probe) if (said := family_name(probe)) == probe else said)
    if recipe == "golden":
        return text("golden set")
    called = f", {corruption_name(recipe)}, {severity_name(one.run.severity)}" if recipe != "none" else ""
    return set_name(one.run.on) + called


def _score(score: tuple[str, Estimate] | None) -> str:
    if score is None or not score[1].measured:
        return "–"
    metric, found = score
    digits = int(found.n >= ENOUGH_FOR_A_DECIMAL)
    return text("{value} ({range}), {metric}, n = {n}").format(
        value=percent(found.value, digits) if found.n >= FEW_FRAMES else text("too few"),
        range=interval(found, digits),
        metric=metric_name(metric),
        n=number(found.n),
    )


def outcome_short(found: Replayed) -> str:
    """Outcome of repeating a run, in a word or two for a list."""
    if found.same:
        return text("✓ identical")
    return text("▲ not reproducible") if _other_model(found) else text("▲ different")


def runs_shown(n: int, first: int, last: int) -> str:
    """Runs that a page of the list shows, of all that are stored, the newest first."""
    if not n:
        return text("No run saved yet. A run saves the model's predictions.")
    said = plural("{n} run saved", "{n} runs saved", n).format(n=number(n))
    return f"{said}; " + text("showing {first} to {last}, newest first.").format(first=first, last=last)


def set_name(on: str) -> str:
    """Frames that a run goes over, inside a sentence."""
    return {"field": text("picked frames"), "footage": text("footage"), "benchmark": text("benchmark")}[on]


def _recipe(one: RunLine) -> str:
    if one.run.recipe == "none":
        return ""
    return f", {plain(one.run.recipe)}" + (f" {one.run.severity:g}" if one.run.severity else "")


def replay_lines(found: Replayed, most: int = SHOWN) -> tuple[str, ...]:
    """Whether every digit came again, and what is not as it was, the first differences one by one; the rest is counted."""
    shown = [_difference(one) for one in found.differences[:most]]
    if len(found.differences) > most:
        n = len(found.differences) - most
        shown.append(plural("{n} more difference{remedy}.", "{n} more differences{remedy}.", n).format(n=n, remedy=remedy("differences")))
    return (_verdict(found), *shown)


def _other_model(found: Replayed) -> bool:
    return any(one.kind in ("model", "card") for one in found.differences)


def _verdict(found: Replayed) -> str:
    if found.same:
        return plural(
            "Run {run} of {model} on {where} reproduced: {n} prediction identical.",
            "Run {run} of {model} on {where} reproduced: all {n} predictions identical.",
            found.n,
        ).format(run=found.run.run_id, model=plain(found.model), where=set_name(found.run.on), n=found.n)
    if found.n == 0:
        return text("Run {run} has no predictions; nothing to reproduce.").format(run=found.run.run_id)
    if _other_model(found):
        said = {
            "model": text("Run {run} cannot be reproduced: model file changed."),
            "card": text("Run {run} cannot be reproduced: model card changed."),
        }
        return next(said[one.kind] for one in found.differences if one.kind in said).format(run=found.run.run_id)
    return plural(
        "Run {run} of {model} on {where} differs: {different} of {n} prediction differs or its image is missing.",
        "Run {run} of {model} on {where} differs: {different} of {n} predictions differ or their image is missing.",
        found.n,
    ).format(run=found.run.run_id, model=plain(found.model), where=set_name(found.run.on), different=found.n_different, n=found.n)


def _difference(one: ReplayDifference) -> str:
    said = {
        "model": text("Model file {what}: SHA-256 {stored} saved, {now} now."),
        "card": text("Model card {what}: SHA-256 {stored} saved, {now} now."),
        "frame": text("Image {what}: SHA-256 {stored} saved, {now} now."),
        "library": text("Version of {what}: {stored} saved, {now} now."),
        "machine": text("Computer ({what}): {stored} saved, {now} now."),
        "threads": text("Threads: {stored} saved, {now} now."),
        "provider": text("Execution provider: {stored} saved, {now} now."),
    }.get(one.kind, text("Prediction {what}: {stored} saved, {now} now."))
    hashes = one.kind in ("model", "card", "frame")
    stored, now = (_short(part) if hashes else plain(part) or "–" for part in (one.stored, one.now))
    return said.format(what=plain(one.what), stored=stored, now=now)


def _short(sha256: str) -> str:
    return sha256[:SHORT] if sha256 else text("no file")
