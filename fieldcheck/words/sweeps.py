"""Severity sweep in words: which corruption tips the model, and how far it falls."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.run import On
from fieldcheck.domain.sweep import Sweep, SweepRow
from fieldcheck.words.corruptions import get_corruption_name, get_severity_name
from fieldcheck.words.figures import format_interval, format_number, format_percent, format_points
from fieldcheck.words.formatting import to_one_line
from fieldcheck.words.language import tr


def list_sweep_lines(sweep: Sweep) -> tuple[str, ...]:
    """The whole sweep on the terminal: a head, and a line for each corruption of each set."""
    said = [tr("{model}, random seed {seed}").format(model=to_one_line(sweep.model), seed=sweep.seed)]
    for on in dict.fromkeys(row.on for row in sweep.rows):
        rows = [row for row in sweep.rows if row.on == on]
        said += [_format_head(on, rows[0]), *(_format_line(name, rows) for name in dict.fromkeys(row.corruption for row in rows[1:]))]
        if on in sweep.partial:
            said.append("  " + tr("Some frames have no prediction yet; run again to continue."))
    return tuple(said)


def get_sweep_set_name(on: On) -> str:
    """A set of frames that a sweep goes over."""
    return {"benchmark": tr("Benchmark"), "field": tr("Field"), "footage": tr("Footage")}[on]


def describe_tipping_point(severity: float | None, swept_to: float) -> str:
    """When a corruption costs the model twenty points; no more is known than how far it was swept."""
    if severity is None:
        return tr("no tipping point observed up to {severity}").format(severity=get_severity_name(swept_to))
    return tr("tipping point at severity {severity}").format(severity=format_number(severity, 1))


def describe_row_likeness(row: SweepRow | None) -> str:
    """How like the original a damaged picture still is; empty where nobody measured it."""
    if row is None or row.ssim is None:
        return ""
    ssim = format_number(row.ssim, 2)
    return tr("{psnr} dB, {ssim}").format(psnr=format_number(row.psnr, 1), ssim=ssim) if row.psnr is not None else ssim


def _format_head(on: On, clean: SweepRow) -> str:
    if not clean.value.measured:
        return tr("{where}, n = {n}: no labels, only changed predictions are counted").format(where=get_sweep_set_name(on), n=clean.value.n)
    return tr("{where}, n = {n}: clean {value} ({range})").format(
        where=get_sweep_set_name(on), n=clean.value.n, value=format_percent(clean.value.value), range=format_interval(clean.value)
    )


def _format_line(corruption: str, rows: Sequence[SweepRow]) -> str:
    cells = [row for row in rows if row.corruption == corruption]
    said = "; ".join(_format_cell(row) for row in cells)
    like = "; ".join(describe_row_likeness(row) for row in cells if row.ssim is not None)
    said += " " + tr("[PSNR, SSIM: {figures}]").format(figures=like) if like else ""
    last = f"; {describe_tipping_point(cells[0].tipping, cells[-1].severity)}" if rows[0].value.measured else ""
    return f"  {get_corruption_name(corruption)}: {said}{last}"


def _format_cell(row: SweepRow) -> str:
    name = get_severity_name(row.severity)
    if row.value.measured:
        drop = format_points(max(0.0, row.drop.value))
        said = (
            tr("{severity} {value} ({range}), −{drop} pp")
            if row.drop.lo > 0 and drop != "0"
            else tr("{severity} {value} ({range}), no drop demonstrated")
        )
        return said.format(severity=name, value=format_percent(row.value.value), range=format_interval(row.value), drop=drop)
    return tr("{severity} {share} changed").format(severity=name, share=format_percent(row.flips.value))
