"""Class imbalance on the page: error by frequency of the classes, and whether the rare ones are the silent failure."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.imbalance import FrequencyGroup, Imbalance
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.formatting import format_names
from fieldcheck.words.language import tr, tr_plural

MOST_NAMES = 4
FACTS = Imbalance


def build_imbalance_section(report: Report) -> Section:
    """One row a group, the rarest first, and the ratio with its range."""
    title = tr("Rare and common classes")
    found = (report.facts or {}).get("imbalance")
    if not isinstance(found, Imbalance):
        said = tr("Not measured: no labelled frame of the sample has a class prediction.")
        return Section("imbalance", title, title, (Paragraph(said, quiet=True),))
    heads = (
        Cell(tr("Classes, rarest first"), head=True),
        Cell(tr("share of the field"), figure=True),
        Cell("n", figure=True),
        Cell(tr("wrong"), figure=True),
        Cell(tr("error"), figure=True),
    )
    rows = tuple(_build_group_row(group) for group in found.groups)
    table = Table(tr("Error rate by class frequency, weighted"), heads, rows)
    return Section("imbalance", title, title, (Paragraph(describe_error_ratio(found)), table))


def describe_error_ratio(found: Imbalance) -> str:
    """The ratio in words, no stronger than its range."""
    ratio = found.ratio
    if not ratio.measured:
        return tr("Insufficient data: only one class has labels.")
    if ratio.n < FEW_FRAMES:
        few = tr_plural(
            "Insufficient data: {n} labelled frame is too few to compare rare and common classes.",
            "Insufficient data: {n} labelled frames are too few to compare rare and common classes.",
            ratio.n,
        )
        return few.format(n=ratio.n)
    figures = {"ratio": format_number(ratio.value, 1), "lo": format_number(ratio.lo, 1), "hi": format_number(ratio.hi, 1), "n": ratio.n}
    first = tr("The rarest classes have {ratio} times the error rate of the most common classes ({lo}–{hi}, n = {n}).")
    then = {
        "alarm": tr(
            "Demonstrated: rare classes are wrong more often than common ones. The mean score hides this; the interval shows by how much."
        ),
        "suspect": tr("Suspected, not demonstrated: too few labels or clips to exclude chance. Label more frames of the rare classes."),
        "quiet": tr("A factor of 3 is excluded."),
        "too_few": tr("Too few labels of rare classes to exclude a factor of 3."),
    }[found.state]
    if not any(group.wrong for group in found.groups):  # a ratio of nothing to nothing is the prior's
        first = tr("No wrong predictions on labelled frames; nothing to compare.")
    return f"{first.format(**figures)} {then}"


def _build_group_row(group: FrequencyGroup) -> tuple[Cell, ...]:
    names = Cell(", ".join(group.classes), head=True, short=format_names(group.classes, MOST_NAMES))
    error = number_format.format_rate_with_range(group.error)
    figures = (format_percent(group.share), str(group.n), str(group.wrong), error)
    return (names, *(Cell(figure, figure=True) for figure in figures))
