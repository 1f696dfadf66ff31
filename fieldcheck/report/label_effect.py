"""Label noise beside the gap: the worst-case band, the corrected score, and the ceiling that no model exceeds."""

from __future__ import annotations

from fieldcheck.domain.label_effect import LabelEffect
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Paragraph, Section
from fieldcheck.report.report import Report
from fieldcheck.words.figures import percent, points
from fieldcheck.words.language import plural, text

FACTS = LabelEffect


def section(report: Report) -> Section:
    """Label noise and what it can make of the score, or that nobody labelled twice."""
    title, short = text("Effect of label noise"), text("Label noise")
    found = _found(report)
    if found is None:
        said = text("Not measured: no frame was labelled twice.")
        return Section("label_effect", short, title, (Paragraph(said, quiet=True),))
    return Section("label_effect", short, title, tuple(Paragraph(line) for line in _lines(found)))


def ceiling(report: Report) -> float | None:
    """Ceiling for the chart of the gap; None without repeats."""
    found = _found(report)
    return found.ceiling if found else None


def beside(report: Report) -> list[str]:
    """One sentence for the first page; none without repeats."""
    found = _found(report)
    if found is None:
        return []
    said = text(
        "Label noise: an estimated {error} of the labels are wrong; worst case for the field score: {worst}; "
        "dotted line: label ceiling {ceiling}."
    )
    return [said.format(error=percent(found.error.value, 1), worst=number_format.span(found.worst), ceiling=percent(found.ceiling, 1))]


def _found(report: Report) -> LabelEffect | None:
    found = (report.facts or {}).get("label_effect")
    return found if isinstance(found, LabelEffect) else None


def _lines(found: LabelEffect) -> list[str]:
    who = plural("One annotator labelled {n} frame twice", "One annotator labelled {n} frames twice", found.n)
    if found.how == "other":
        who = plural("Two annotators labelled {n} frame", "Two annotators labelled {n} frames", found.n)
    told = text("{who}, blind: about {error} ({range}) of the labels of one pass are wrong.")
    error = {"error": percent(found.error.value, 1), "range": number_format.span(found.error)}
    lines = [told.format(who=who.format(n=found.n), **error)]
    worst = text("Worst case (all label errors on one side): field score {score}, within {worst}.")
    lines.append(worst.format(score=number_format.value(found.score), worst=number_format.span(found.worst)))
    if found.corrected.measured:
        alone = text("If label errors are independent of model errors, the corrected field score is {corrected}.")
        lines.append(alone.format(corrected=number_format.whole(found.corrected)))
    lines.append(text("With such labels, the estimated maximum score of any model is {ceiling}.").format(ceiling=percent(found.ceiling, 1)))
    lines.append(
        text(
            "Equal label noise on both sides largely cancels out in the gap; a clean benchmark alone adds a gap of about {points} pp."
        ).format(points=points(found.error.value, 1))
    )
    return lines
