"""Robustness, what breaks the model: how many answers stay right under each corruption at each severity, and where it tips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from fieldcheck.domain.field_match import Match
from fieldcheck.domain.run import On
from fieldcheck.domain.sweep import CLEAN, SEVERITIES, Sweep, SweepRow
from fieldcheck.report import charts, number_format, pairs
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import matching, sweeps
from fieldcheck.words.corruptions import corruption_name, severity_name
from fieldcheck.words.figures import number
from fieldcheck.words.formatting import listed
from fieldcheck.words.language import text
from fieldcheck.words.remedies import on_paper


def section(report: Report) -> Section:
    """A heat table for each set that was swept."""
    title = text("Robustness to corruptions")
    if report.stress is None:
        said = text("Corruption sweep not run yet{remedy}.").format(remedy=on_paper("stress"))
        return Section("breaks", title, title, (Paragraph(said), *_matched(report.matched), *pairs.blocks(report.pairs)))
    note = text(
        "Every image is degraded by computer and predicted again. The tipping point is the severity at which "
        "a corruption costs 20 pp (1 mild, 3 moderate, 5 severe). The 95% CI of every value is in stress.csv."
    )
    blocks: list[Block] = [Paragraph(note, quiet=True)]
    for on in dict.fromkeys(row.on for row in report.stress.rows):
        blocks += _of_set(report.stress, on)
    blocks += [*_likeness(report.stress), *_matched(report.matched)]
    blocks += pairs.blocks(report.pairs)
    return Section("breaks", title, title, tuple(blocks))


def _likeness(sweep: Sweep) -> list[Block]:
    """How like the original each corruption leaves a picture: measured, never what a severity is set by."""
    known = [row for row in sweep.rows if row.ssim is not None]
    if not known:
        return []
    severities = sorted({row.severity for row in known})
    heads = (Cell(text("Corruption"), head=True), *(Cell(severity_name(severity), figure=True) for severity in severities))
    by_name = {
        name: {row.severity: row for row in known if row.corruption == name} for name in dict.fromkeys(row.corruption for row in known)
    }
    rows = tuple(
        (Cell(corruption_name(name), head=True), *(Cell(sweeps.likeness(own.get(severity)), figure=True) for severity in severities))
        for name, own in by_name.items()
    )
    caption = text("Similarity of corrupted to original benchmark images (luma only): median PSNR and SSIM")
    return [Table(caption, heads, rows, "counts")]


def _matched(found: Match | None) -> list[Block]:
    """Corruption that the field looks like, and the best three."""
    if found is None:
        return []
    blocks: list[Block] = [Heading(text("Corruption closest to the field")), Paragraph(matching.matched(found))]
    if found.top:
        best = ", ".join(matching.ranked(one) for one in found.top)
        blocks.append(Paragraph(text("Share of the difference explained at best fit: {best}").format(best=best), quiet=True))
    return blocks


@dataclass(frozen=True, slots=True)
class Heat:
    """The heat table of one set. `names` are the corruptions of its lines, `severities` those of its columns, of which the first is
    `first`; `partial`: not every frame is answered yet."""

    on: On
    heading: str
    table: Table
    names: tuple[str, ...]
    severities: tuple[float, ...]
    first: int
    partial: bool


def heat(sweep: Sweep, on: On) -> Heat | None:
    """The table as every reader sees it; None where nothing was swept."""
    clean, *cells = [row for row in sweep.rows if row.on == on]
    if not cells:
        return None
    labelled = clean.value.measured
    severities = sorted({row.severity for row in cells})
    heads = [Cell(text("Corruption"), head=True)]
    heads += [Cell(text("clean"), figure=True)] if labelled else []
    heads += [Cell(severity_name(severity), figure=True) for severity in severities]
    heads += [Cell(text("Tipping point"), figure=True)] if labelled else []
    lines = _worst_first(cells)
    rows = tuple(_line(name, clean, own, severities) for name, own in lines)
    caption = text("Accuracy") if labelled else text("Changed predictions")
    heading, table = f"{sweeps.set_name(on)}, n = {clean.value.n}", Table(caption, tuple(heads), rows, "counts")
    return Heat(on, heading, table, tuple(name for name, _ in lines), tuple(severities), 1 + labelled, on in sweep.partial)


def _of_set(sweep: Sweep, on: On) -> list[Block]:
    found = heat(sweep, on)
    if found is None:
        return []
    blocks: list[Block] = [Heading(found.heading), found.table]
    if left_out := _left_out(found.severities):
        names = listed([severity_name(severity) for severity in left_out])
        blocks.append(
            Paragraph(
                text("Not run at {severities}: the tipping point is reported only up to the severities that were run.").format(
                    severities=names
                ),
                quiet=True,
            )
        )
    if found.partial:
        blocks.append(Paragraph(text("The sweep was stopped early: values cover the frames run so far."), quiet=True))
    return blocks


def _worst_first(cells: Sequence[SweepRow]) -> list[tuple[str, list[SweepRow]]]:
    """What tips earliest comes first, then what costs or changes most."""
    by_name: dict[str, list[SweepRow]] = {}
    for row in cells:
        by_name.setdefault(row.corruption, []).append(row)
    return sorted(by_name.items(), key=lambda item: _standing(item[1]))


def _standing(own: Sequence[SweepRow]) -> tuple[float, float]:
    tipping = own[0].tipping
    kept = [row.value.value if row.value.measured else -row.flips.value for row in own]
    return (inf if tipping is None else tipping, min(kept))


def _line(name: str, clean: SweepRow, own: Sequence[SweepRow], severities: Sequence[float]) -> tuple[Cell, ...]:
    found = {row.severity: row for row in own}
    cells = [Cell(corruption_name(name), head=True)]
    if clean.value.measured:
        cells.append(_cell(clean))
    cells += [_cell(found[severity]) if severity in found else Cell("", figure=True) for severity in severities]
    if clean.value.measured:
        cells.append(Cell(_tipping(own[0].tipping, severities), figure=True))
    return tuple(cells)


def _tipping(tipping: float | None, severities: Sequence[float]) -> str:
    """Tipping point between the severities that were run; where one of the three was left out only the first run one behind it."""
    if tipping is None:
        return "–"
    if not _left_out(severities):
        return number(tipping, 1)
    return f"≤ {number(min(one for one in severities if one >= tipping), 0)}"


def _left_out(severities: Sequence[float]) -> list[float]:
    return [severity for severity in SEVERITIES.values() if severity not in severities]


def _cell(row: SweepRow) -> Cell:
    """The share right, darker the less of it; where nothing is labelled the share of changed answers, darker the more."""
    shown = row.value if row.value.measured or row.corruption == CLEAN else row.flips
    good = row.value.value if row.value.measured else 1 - row.flips.value
    said = number_format.value(shown) if shown is row.value else number_format.rate_value(shown)
    return Cell(said, figure=True, colours=charts.shade(good))
