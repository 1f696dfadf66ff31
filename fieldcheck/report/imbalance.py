"""Class imbalance on the page: error by frequency of the classes, and whether the rare ones are the silent failure."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.imbalance import FrequencyGroup, Imbalance
from fieldcheck.words.figures import number, percent
from fieldcheck.words.formatting import listed
from fieldcheck.words.language import plural, text

MOST_NAMES = 4
FACTS = Imbalance


def section(report: Report) -> Section:
    """One row a group, the rarest first, and the ratio with its range."""
    title = text("Rare and common classes")
    found = (report.facts or {}).get("imbalance")
    if not isinstance(found, Imbalance):
        said = text("Not measured: no labelled frame of the sample has a class prediction.")
        return Section("imbalance", title, title, (Paragraph(said, quiet=True),))
    heads = (
        Cell(text("Classes, rarest first"), head=True),
        Cell(text("share of the field"), figure=True),
        Cell("n", figure=True),
        Cell(text("wrong"), figure=True),
        Cell(text("error"), figure=True),
    )
    rows = tuple(_row(group) for group in found.groups)
    table = Table(text("Error rate by class frequency, weighted"), heads, rows)
    return Section("imbalance", title, title, (Paragraph(ratio_said(found)), table))


def ratio_said(found: Imbalance) -> str:
    """The ratio in words, no stronger than its range."""
    ratio = found.ratio
    if not ratio.measured:
        return text("Insufficient data: only one class has labels.")
    if ratio.n < FEW_FRAMES:
        few = plural(
            "Insufficient data: {n} labelled frame is too few to compare rare and common classes.",
            "Insufficient data: {n} labelled frames are too few to compare rare and common classes.",
            ratio.n,
        )
        return few.format(n=ratio.n)
    figures = {"ratio": number(ratio.value, 1), "lo": number(ratio.lo, 1), "hi": number(ratio.hi, 1), "n": ratio.n}
    first = text("The rarest classes have {ratio} times the error rate of the most common classes ({lo}–{hi}, n = {n}).")
    then = {
        "alarm": text(
            "Demonstrated: rare classes are wrong more often than common ones. The mean score hides this; the interval shows by how much."
        ),
        "suspect": text("Suspected, not demonstrated: too few labels or clips to exclude chance. Label more frames of the rare classes."),
        "quiet": text("A factor of 3 is excluded."),
        "too_few": text("Too few labels of rare classes to exclude a factor of 3."),
    }[found.state]
    if not any(group.wrong for group in found.groups):  # a ratio of nothing to nothing is the prior's
        first = text("No wrong predictions on labelled frames; nothing to compare.")
    return f"{first.format(**figures)} {then}"


def _row(group: FrequencyGroup) -> tuple[Cell, ...]:
    names = Cell(", ".join(group.classes), head=True, short=listed(group.classes, MOST_NAMES))
    error = number_format.rate_figure(group.error)
    figures = (percent(group.share), str(group.n), str(group.wrong), error)
    return (names, *(Cell(figure, figure=True) for figure in figures))
