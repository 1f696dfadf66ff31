"""INT8 quantised model in words: what it costs and what it buys."""

from __future__ import annotations

from fieldcheck.domain.quantised import Change, QuantisedModel
from fieldcheck.words.compared import changed, verdict
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text

MEGABYTE = 1_000_000


def quantised_lines(found: QuantisedModel) -> tuple[str, ...]:
    """Size, time and scores, one line each, and where the copy lies."""
    lines = [made(found), size(found), speed(found)]
    lines += [score(text("Field"), found.model, found.field)] if found.field else [text("Field: no labels yet.")]
    lines += [score(text("Benchmark"), found.model, found.benchmark)] if found.benchmark else []
    return (*lines, text("Quantised model: {file}").format(file=found.file))


def made(found: QuantisedModel) -> str:
    """How the copy came to be."""
    return plural(
        "{model} in INT8, calibrated on {n} field frame.", "{model} in INT8, calibrated on {n} field frames.", found.n_calibrated
    ).format(model=found.model, n=found.n_calibrated)


def size(found: QuantisedModel) -> str:
    """Megabytes before and after."""
    before, after = (number(one / MEGABYTE, 2) for one in (found.bytes_before, found.bytes_after))
    share = percent(found.bytes_after / found.bytes_before, 0)
    return text("Size: {before} MB before, {after} MB after ({share}).").format(before=before, after=after, share=share)


def speed(found: QuantisedModel) -> str:
    """Time a picture before and after, and their ratio in pairs of runs. Where the two times do not stand in that ratio, something else
    took the computer's time now and then, and neither is to be trusted."""
    figures = {"before": number(found.ms_before, 2), "after": number(found.ms_after, 2), "ratio": number(found.time.value, 2)}
    spread = {"low": number(found.time.lo, 2), "high": number(found.time.hi, 2)}
    said = text("Time per image on one core: {before} ms before, {after} ms after, {ratio}× ({low} to {high}).")
    unsteady = found.ms_before > 0 and not found.time.lo <= found.ms_after / found.ms_before <= found.time.hi
    again = " " + text("Background load on this computer: measure again when idle.") if unsteady else ""
    return said.format(**figures, **spread) + again


def score(where: str, model: str, change: Change) -> str:
    """Right answers before and after on the same pictures, and whether the change is more than chance."""
    said = plural(
        "{where}: {before} correct before, {after} after, on the same {n} image.",
        "{where}: {before} correct before, {after} after, on the same {n} images.",
        change.n,
    )
    figures = said.format(where=where, before=percent(change.before.value, 1), after=percent(change.after.value, 1), n=change.n)
    return " ".join((figures, changed(change.change), verdict(model, text("INT8"), change.p, change.change)))
