"""Where the gap comes from: class mix, image quality and the rest, on the page."""

from __future__ import annotations

from fieldcheck.domain.decomposition import Decomposition, GapPart
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.corruptions import corruption_name
from fieldcheck.words.figures import number, points, points_interval, points_range
from fieldcheck.words.language import plural, text
from fieldcheck.words.remedies import on_paper

FACTS = Decomposition


def section(report: Report) -> Section:
    """The parts with their limits and what each order gives, and what is not in them."""
    title, short = text("Gap decomposition (association, not cause)"), text("Gap decomposition")
    found = (report.facts or {}).get("decomposition")
    if not isinstance(found, Decomposition):
        said = text("Not estimated. Requires a measured gap and a model that outputs one class per frame.")
        return Section("decomposition", short, title, (Paragraph(said, quiet=True),))
    n = report.field.footage.n
    if n < FEW_FRAMES:
        few = plural(
            "Insufficient data: {n} labelled frame is too few to decompose the gap.",
            "Insufficient data: {n} labelled frames are too few to decompose the gap.",
            n,
        )
        return Section("decomposition", short, title, (Paragraph(few.format(n=n), quiet=True),))
    blocks: list[Block] = [_table(found), *(Paragraph(line, quiet=True) for line in _notes(found))]
    return Section("decomposition", short, title, tuple(blocks))


def _table(found: Decomposition) -> Table:
    heads = (
        Cell(text("Part of the gap"), head=True),
        *(Cell(said, figure=True) for said in (text("pp"), text("95% CI"), text("both orders"))),
    )
    rows = [(text("class mix"), *_part(found.mix)), _quality(found)]
    rows.append((text("remainder"), *_estimate(found.remainder), "–"))
    rows.append((text("gap over the classes of both sides"), points(found.total), "", ""))
    if found.absent is not None:
        rows.append((text("additionally: classes missing from the benchmark"), *_estimate(found.absent), "–"))
    caption = text("Shapley decomposition: mean over both orders of changing class mix and quality; association, not cause")
    return Table(caption, heads, tuple((Cell(name, head=True), *(Cell(said, figure=True) for said in cells)) for name, *cells in rows))


def _quality(found: Decomposition) -> tuple[str, str, str, str]:
    if found.quality is None:
        return text("image quality"), text("not estimated"), "", ""
    name = text("image quality ({corruption}, severity {severity})")
    said = name.format(corruption=corruption_name(found.corruption), severity=number(found.severity, 1))
    return (said, *_part(found.quality))


def _part(part: GapPart) -> tuple[str, str, str]:
    return (*_estimate(part.estimate), points_range(min(part.first, part.second), max(part.first, part.second)))


def _estimate(found: Estimate) -> tuple[str, str]:
    return points(found.value), points_interval(found) if found.measured else text("not enough clips")


def _notes(found: Decomposition) -> list[str]:
    said = []
    if found.reason == "not_compared":
        told = text("Contribution of image quality not estimated: the field has not been matched to a corruption yet{remedy}.")
        said.append(told.format(remedy=on_paper("stress")))
    if found.reason == "no_match":
        said.append(
            text("Contribution of image quality not estimated: no single corruption explains the field. It is part of the remainder.")
        )
    if found.reason == "not_swept":
        told = text("Contribution of image quality not estimated: no sweep of {corruption} on the benchmark up to severity {severity}.")
        said.append(told.format(corruption=corruption_name(found.corruption), severity=number(found.severity, 1)))
    said.append(text("Remainder: new appearance, unusual poses, wrong labels, or corruptions that cannot be simulated."))
    if found.absent_classes:
        said.append(text("Not in the benchmark: {names}.").format(names=", ".join(found.absent_classes)))
    if found.weak_classes:
        few = text("Weak estimate: fewer than 20 benchmark images of {names}; the overall benchmark score is used instead.")
        said.append(few.format(names=", ".join(found.weak_classes)))
    return said
