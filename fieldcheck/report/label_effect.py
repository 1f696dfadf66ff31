"""Label noise beside the gap: the worst-case band, the corrected score, and the ceiling that no model exceeds."""

from __future__ import annotations

from fieldcheck.domain.label_effect import LabelEffect
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Paragraph, Section
from fieldcheck.report.report import Report
from fieldcheck.words.figures import format_percent, format_points
from fieldcheck.words.language import tr, tr_plural

FACTS = LabelEffect


def build_label_noise_section(report: Report) -> Section:
    """Label noise and what it can make of the score, or that nobody labelled twice."""
    title, short = tr("Effect of label noise"), tr("Label noise")
    found = _get_label_effect(report)
    if found is None:
        said = tr("Not measured: no frame was labelled twice.")
        return Section("label_effect", short, title, (Paragraph(said, quiet=True),))
    return Section("label_effect", short, title, tuple(Paragraph(line) for line in _list_noise_lines(found)))


def get_label_ceiling(report: Report) -> float | None:
    """Ceiling for the chart of the gap; None without repeats."""
    found = _get_label_effect(report)
    return found.ceiling if found else None


def list_label_noise_notes(report: Report) -> list[str]:
    """One sentence for the first page; none without repeats."""
    found = _get_label_effect(report)
    if found is None:
        return []
    said = tr(
        "Label noise: an estimated {error} of the labels are wrong; worst case for the field score: {worst}; "
        "dotted line: label ceiling {ceiling}."
    )
    return [
        said.format(
            error=format_percent(found.error.value, 1),
            worst=number_format.format_range(found.worst),
            ceiling=format_percent(found.ceiling, 1),
        )
    ]


def _get_label_effect(report: Report) -> LabelEffect | None:
    found = (report.facts or {}).get("label_effect")
    return found if isinstance(found, LabelEffect) else None


def _list_noise_lines(found: LabelEffect) -> list[str]:
    who = tr_plural("One annotator labelled {n} frame twice", "One annotator labelled {n} frames twice", found.n)
    if found.how == "other":
        who = tr_plural("Two annotators labelled {n} frame", "Two annotators labelled {n} frames", found.n)
    told = tr("{who}, blind: about {error} ({range}) of the labels of one pass are wrong.")
    error = {"error": format_percent(found.error.value, 1), "range": number_format.format_range(found.error)}
    lines = [told.format(who=who.format(n=found.n), **error)]
    worst = tr("Worst case (all label errors on one side): field score {score}, within {worst}.")
    lines.append(worst.format(score=number_format.format_value(found.score), worst=number_format.format_range(found.worst)))
    if found.corrected.measured:
        alone = tr("If label errors are independent of model errors, the corrected field score is {corrected}.")
        lines.append(alone.format(corrected=number_format.format_estimate(found.corrected)))
    lines.append(
        tr("With such labels, the estimated maximum score of any model is {ceiling}.").format(ceiling=format_percent(found.ceiling, 1))
    )
    lines.append(
        tr(
            "Equal label noise on both sides largely cancels out in the gap; a clean benchmark alone adds a gap of about {points} pp."
        ).format(points=format_points(found.error.value, 1))
    )
    return lines
