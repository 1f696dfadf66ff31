"""Stored runs in words: the list of them, and what came of repeating one."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.run import ReplayDifference, ReplayResult, RunLine
from fieldcheck.words.corruptions import get_corruption_name, get_severity_name
from fieldcheck.words.evidence import format_minute
from fieldcheck.words.figures import format_interval, format_number, format_percent
from fieldcheck.words.formatting import to_one_line
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.ood import get_ood_family_name, get_shortcut_name
from fieldcheck.words.remedies import format_remedy
from fieldcheck.words.scores import get_metric_name

SHOWN = 10  # differences that are told one by one; the document has them all
SHORT = 12  # letters of a hash that are told
PROBE = "probe:"  # before the name of what a model was shown that has no right answer
ENOUGH_FOR_A_DECIMAL = 500  # frames


def list_run_lines(n: int, lines: Sequence[RunLine], skipped: int) -> tuple[str, ...]:
    """The list of runs, one a line, and how many there are."""
    shown = [
        tr("{run}  {created}  {model} on {where}{recipe}; predictions: {n}").format(
            run=one.run.run_id,
            created=one.run.created[:19],
            model=to_one_line(one.model),
            where=get_run_set_name(one.run.on),
            recipe=_format_recipe(one),
            n=one.n_done,
        )
        for one in lines
    ]
    said = tr_plural("{n} run saved", "{n} runs saved", n).format(n=n)
    if n > len(lines):
        said += "; " + tr("showing {first} to {last}, newest first.").format(first=skipped + 1, last=skipped + len(lines))
        return (*shown, said)
    return (*shown, said + ".")


def build_run_row(one: RunLine, score: tuple[str, Estimate] | None) -> tuple[str, str, str, str, str]:
    """A run for a list with columns: when, over what, which model, how many answers, and its score with range and n; a dash without one."""
    return (
        format_minute(one.run.created),
        _describe_run_frames(one),
        to_one_line(one.model) or "–",
        format_number(one.n_done),
        _format_score(score),
    )


def _describe_run_frames(one: RunLine) -> str:
    """Pictures that a run was asked about, and what was done to them."""
    recipe, probe = one.run.recipe, one.run.recipe.removeprefix(PROBE)
    if probe != recipe:
        return tr("OOD") + ": " + (get_shortcut_name(probe) if (said := get_ood_family_name(probe)) == probe else said)
    if recipe == "golden":
        return tr("golden set")
    called = f", {get_corruption_name(recipe)}, {get_severity_name(one.run.severity)}" if recipe != "none" else ""
    return get_run_set_name(one.run.on) + called


def _format_score(score: tuple[str, Estimate] | None) -> str:
    if score is None or not score[1].measured:
        return "–"
    metric, found = score
    digits = int(found.n >= ENOUGH_FOR_A_DECIMAL)
    return tr("{value} ({range}), {metric}, n = {n}").format(
        value=format_percent(found.value, digits) if found.n >= FEW_FRAMES else tr("too few"),
        range=format_interval(found, digits),
        metric=get_metric_name(metric),
        n=format_number(found.n),
    )


def get_outcome_name(found: ReplayResult) -> str:
    """Outcome of repeating a run, in a word or two for a list."""
    if found.is_identical:
        return tr("✓ identical")
    return tr("▲ not reproducible") if _is_other_model(found) else tr("▲ different")


def describe_page(n: int, first: int, last: int) -> str:
    """Runs that a page of the list shows, of all that are stored, the newest first."""
    if not n:
        return tr("No run saved yet. A run saves the model's predictions.")
    said = tr_plural("{n} run saved", "{n} runs saved", n).format(n=format_number(n))
    return f"{said}; " + tr("showing {first} to {last}, newest first.").format(first=first, last=last)


def get_run_set_name(on: str) -> str:
    """Frames that a run goes over, inside a sentence."""
    return {"field": tr("picked frames"), "footage": tr("footage"), "benchmark": tr("benchmark")}[on]


def _format_recipe(one: RunLine) -> str:
    if one.run.recipe == "none":
        return ""
    return f", {to_one_line(one.run.recipe)}" + (f" {one.run.severity:g}" if one.run.severity else "")


def list_replay_lines(found: ReplayResult, most: int = SHOWN) -> tuple[str, ...]:
    """Whether every digit came again, and what is not as it was, the first differences one by one; the rest is counted."""
    shown = [_describe_difference(one) for one in found.differences[:most]]
    if len(found.differences) > most:
        n = len(found.differences) - most
        shown.append(
            tr_plural("{n} more difference{remedy}.", "{n} more differences{remedy}.", n).format(n=n, remedy=format_remedy("differences"))
        )
    return (_describe_verdict(found), *shown)


def _is_other_model(found: ReplayResult) -> bool:
    return any(one.kind in ("model", "card") for one in found.differences)


def _describe_verdict(found: ReplayResult) -> str:
    if found.is_identical:
        return tr_plural(
            "Run {run} of {model} on {where} reproduced: {n} prediction identical.",
            "Run {run} of {model} on {where} reproduced: all {n} predictions identical.",
            found.n,
        ).format(run=found.run.run_id, model=to_one_line(found.model), where=get_run_set_name(found.run.on), n=found.n)
    if found.n == 0:
        return tr("Run {run} has no predictions; nothing to reproduce.").format(run=found.run.run_id)
    if _is_other_model(found):
        said = {
            "model": tr("Run {run} cannot be reproduced: model file changed."),
            "card": tr("Run {run} cannot be reproduced: model card changed."),
        }
        return next(said[one.kind] for one in found.differences if one.kind in said).format(run=found.run.run_id)
    return tr_plural(
        "Run {run} of {model} on {where} differs: {different} of {n} prediction differs or its image is missing.",
        "Run {run} of {model} on {where} differs: {different} of {n} predictions differ or their image is missing.",
        found.n,
    ).format(
        run=found.run.run_id, model=to_one_line(found.model), where=get_run_set_name(found.run.on), different=found.n_different, n=found.n
    )


def _describe_difference(one: ReplayDifference) -> str:
    said = {
        "model": tr("Model file {what}: SHA-256 {stored} saved, {now} now."),
        "card": tr("Model card {what}: SHA-256 {stored} saved, {now} now."),
        "frame": tr("Image {what}: SHA-256 {stored} saved, {now} now."),
        "library": tr("Version of {what}: {stored} saved, {now} now."),
        "machine": tr("Computer ({what}): {stored} saved, {now} now."),
        "threads": tr("Threads: {stored} saved, {now} now."),
        "provider": tr("Execution provider: {stored} saved, {now} now."),
    }.get(one.kind, tr("Prediction {what}: {stored} saved, {now} now."))
    hashes = one.kind in ("model", "card", "frame")
    stored, now = (_shorten_hash(part) if hashes else to_one_line(part) or "–" for part in (one.stored, one.now))
    return said.format(what=to_one_line(one.what), stored=stored, now=now)


def _shorten_hash(sha256: str) -> str:
    return sha256[:SHORT] if sha256 else tr("no file")
