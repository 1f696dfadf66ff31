"""Severity sweep in words: which corruption tips the model, and how far it falls."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.run import On
from fieldcheck.domain.sweep import Sweep, SweepRow
from fieldcheck.words.corruptions import corruption_name, severity_name
from fieldcheck.words.figures import interval, number, percent, points
from fieldcheck.words.formatting import plain
from fieldcheck.words.language import text


def swept(sweep: Sweep) -> tuple[str, ...]:
    """The whole sweep on the terminal: a head, and a line for each corruption of each set."""
    said = [text("{model}, random seed {seed}").format(model=plain(sweep.model), seed=sweep.seed)]
    for on in dict.fromkeys(row.on for row in sweep.rows):
        rows = [row for row in sweep.rows if row.on == on]
        said += [_head(on, rows[0]), *(_line(name, rows) for name in dict.fromkeys(row.corruption for row in rows[1:]))]
        if on in sweep.partial:
            said.append("  " + text("Some frames have no prediction yet; run again to continue."))
    return tuple(said)


def set_name(on: On) -> str:
    """A set of frames that a sweep goes over."""
    return {"benchmark": text("Benchmark"), "field": text("Field"), "footage": text("Footage")}[on]


def tips(severity: float | None, swept_to: float) -> str:
    """When a corruption costs the model twenty points; no more is known than how far it was swept."""
    if severity is None:
        return text("no tipping point observed up to {severity}").format(severity=severity_name(swept_to))
    return text("tipping point at severity {severity}").format(severity=number(severity, 1))


def likeness(row: SweepRow | None) -> str:
    """How like the original a damaged picture still is; empty where nobody measured it."""
    if row is None or row.ssim is None:
        return ""
    ssim = number(row.ssim, 2)
    return text("{psnr} dB, {ssim}").format(psnr=number(row.psnr, 1), ssim=ssim) if row.psnr is not None else ssim


def _head(on: On, clean: SweepRow) -> str:
    if not clean.value.measured:
        return text("{where}, n = {n}: no labels, only changed predictions are counted").format(where=set_name(on), n=clean.value.n)
    return text("{where}, n = {n}: clean {value} ({range})").format(
        where=set_name(on), n=clean.value.n, value=percent(clean.value.value), range=interval(clean.value)
    )


def _line(corruption: str, rows: Sequence[SweepRow]) -> str:
    cells = [row for row in rows if row.corruption == corruption]
    said = "; ".join(_cell(row) for row in cells)
    like = "; ".join(likeness(row) for row in cells if row.ssim is not None)
    said += " " + text("[PSNR, SSIM: {figures}]").format(figures=like) if like else ""
    last = f"; {tips(cells[0].tipping, cells[-1].severity)}" if rows[0].value.measured else ""
    return f"  {corruption_name(corruption)}: {said}{last}"


def _cell(row: SweepRow) -> str:
    name = severity_name(row.severity)
    if row.value.measured:
        drop = points(max(0.0, row.drop.value))
        said = (
            text("{severity} {value} ({range}), −{drop} pp")
            if row.drop.lo > 0 and drop != "0"
            else text("{severity} {value} ({range}), no drop demonstrated")
        )
        return said.format(severity=name, value=percent(row.value.value), range=interval(row.value), drop=drop)
    return text("{severity} {share} changed").format(severity=name, share=percent(row.flips.value))
