"""Where the gap comes from: class mix, image quality and the rest, on the page."""

from __future__ import annotations

from fieldcheck.domain.decomposition import Decomposition, GapPart
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.corruptions import get_corruption_name
from fieldcheck.words.figures import format_number, format_points, format_points_interval, format_points_range
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.remedies import format_report_remedy

FACTS = Decomposition


def build_decomposition_section(report: Report) -> Section:
    """The parts with their limits and what each order gives, and what is not in them."""
    title, short = tr("Gap decomposition (association, not cause)"), tr("Gap decomposition")
    found = (report.facts or {}).get("decomposition")
    if not isinstance(found, Decomposition):
        said = tr("Not estimated. Requires a measured gap and a model that outputs one class per frame.")
        return Section("decomposition", short, title, (Paragraph(said, quiet=True),))
    n = report.field.footage.n
    if n < FEW_FRAMES:
        few = tr_plural(
            "Insufficient data: {n} labelled frame is too few to decompose the gap.",
            "Insufficient data: {n} labelled frames are too few to decompose the gap.",
            n,
        )
        return Section("decomposition", short, title, (Paragraph(few.format(n=n), quiet=True),))
    blocks: list[Block] = [_build_part_table(found), *(Paragraph(line, quiet=True) for line in _list_notes(found))]
    return Section("decomposition", short, title, tuple(blocks))


def _build_part_table(found: Decomposition) -> Table:
    heads = (
        Cell(tr("Part of the gap"), head=True),
        *(Cell(said, figure=True) for said in (tr("pp"), tr("95% CI"), tr("both orders"))),
    )
    rows = [(tr("class mix"), *_format_part(found.mix)), _build_quality_row(found)]
    rows.append((tr("remainder"), *_format_estimate(found.remainder), "–"))
    rows.append((tr("gap over the classes of both sides"), format_points(found.total), "", ""))
    if found.absent is not None:
        rows.append((tr("additionally: classes missing from the benchmark"), *_format_estimate(found.absent), "–"))
    caption = tr("Shapley decomposition: mean over both orders of changing class mix and quality; association, not cause")
    return Table(caption, heads, tuple((Cell(name, head=True), *(Cell(said, figure=True) for said in cells)) for name, *cells in rows))


def _build_quality_row(found: Decomposition) -> tuple[str, str, str, str]:
    if found.quality is None:
        return tr("image quality"), tr("not estimated"), "", ""
    name = tr("image quality ({corruption}, severity {severity})")
    said = name.format(corruption=get_corruption_name(found.corruption), severity=format_number(found.severity, 1))
    return (said, *_format_part(found.quality))


def _format_part(part: GapPart) -> tuple[str, str, str]:
    return (*_format_estimate(part.estimate), format_points_range(min(part.first, part.second), max(part.first, part.second)))


def _format_estimate(found: Estimate) -> tuple[str, str]:
    return format_points(found.value), format_points_interval(found) if found.measured else tr("not enough clips")


def _list_notes(found: Decomposition) -> list[str]:
    said = []
    if found.reason == "not_compared":
        told = tr("Contribution of image quality not estimated: the field has not been matched to a corruption yet{remedy}.")
        said.append(told.format(remedy=format_report_remedy("stress")))
    if found.reason == "no_match":
        said.append(
            tr("Contribution of image quality not estimated: no single corruption explains the field. It is part of the remainder.")
        )
    if found.reason == "not_swept":
        told = tr("Contribution of image quality not estimated: no sweep of {corruption} on the benchmark up to severity {severity}.")
        said.append(told.format(corruption=get_corruption_name(found.corruption), severity=format_number(found.severity, 1)))
    said.append(tr("Remainder: new appearance, unusual poses, wrong labels, or corruptions that cannot be simulated."))
    if found.absent_classes:
        said.append(tr("Not in the benchmark: {names}.").format(names=", ".join(found.absent_classes)))
    if found.weak_classes:
        few = tr("Weak estimate: fewer than 20 benchmark images of {names}; the overall benchmark score is used instead.")
        said.append(few.format(names=", ".join(found.weak_classes)))
    return said
