"""INT8 quantised model in words: what it costs and what it buys."""

from __future__ import annotations

from fieldcheck.domain.quantised import PairedChange, QuantisedModel
from fieldcheck.words.compared import describe_test_verdict, format_change
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_plural

MEGABYTE = 1_000_000


def list_quantised_lines(found: QuantisedModel) -> tuple[str, ...]:
    """Size, time and scores, one line each, and where the copy lies."""
    lines = [describe_quantisation(found), format_size_change(found), describe_speed_change(found)]
    lines += [describe_score_change(tr("Field"), found.model, found.field)] if found.field else [tr("Field: no labels yet.")]
    lines += [describe_score_change(tr("Benchmark"), found.model, found.benchmark)] if found.benchmark else []
    return (*lines, tr("Quantised model: {file}").format(file=found.file))


def describe_quantisation(found: QuantisedModel) -> str:
    """How the copy came to be."""
    return tr_plural(
        "{model} in INT8, calibrated on {n} field frame.", "{model} in INT8, calibrated on {n} field frames.", found.n_calibrated
    ).format(model=found.model, n=found.n_calibrated)


def format_size_change(found: QuantisedModel) -> str:
    """Megabytes before and after."""
    before, after = (format_number(one / MEGABYTE, 2) for one in (found.bytes_before, found.bytes_after))
    share = format_percent(found.bytes_after / found.bytes_before, 0)
    return tr("Size: {before} MB before, {after} MB after ({share}).").format(before=before, after=after, share=share)


def describe_speed_change(found: QuantisedModel) -> str:
    """Time a picture before and after, and their ratio in pairs of runs. Where the two times do not stand in that ratio, something else
    took the computer's time now and then, and neither is to be trusted."""
    figures = {
        "before": format_number(found.ms_before, 2),
        "after": format_number(found.ms_after, 2),
        "ratio": format_number(found.time.value, 2),
    }
    spread = {"low": format_number(found.time.lo, 2), "high": format_number(found.time.hi, 2)}
    said = tr("Time per image on one core: {before} ms before, {after} ms after, {ratio}× ({low} to {high}).")
    unsteady = found.ms_before > 0 and not found.time.lo <= found.ms_after / found.ms_before <= found.time.hi
    again = " " + tr("Background load on this computer: measure again when idle.") if unsteady else ""
    return said.format(**figures, **spread) + again


def describe_score_change(where: str, model: str, change: PairedChange) -> str:
    """Right answers before and after on the same pictures, and whether the change is more than chance."""
    said = tr_plural(
        "{where}: {before} correct before, {after} after, on the same {n} image.",
        "{where}: {before} correct before, {after} after, on the same {n} images.",
        change.n,
    )
    figures = said.format(
        where=where, before=format_percent(change.before.value, 1), after=format_percent(change.after.value, 1), n=change.n
    )
    return " ".join((figures, format_change(change.change), describe_test_verdict(model, tr("INT8"), change.p, change.change)))
