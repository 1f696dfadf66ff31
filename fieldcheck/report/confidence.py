"""Does the model know when it does not know, and what does it look at?"""

from __future__ import annotations

from fieldcheck.domain.ood import OodResults
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import ood as probing
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr
from fieldcheck.words.remedies import format_report_remedy


def build_ood_section(report: Report) -> Section:
    """Sure answers to pictures that have none, and answers that stay when something is taken away."""
    title, short = tr("Out-of-distribution (OOD) behaviour"), tr("OOD behaviour")
    if report.probes is None:
        said = tr("OOD test not run yet{remedy}.").format(remedy=format_report_remedy("probe"))
        return Section("knows", short, title, (Paragraph(said),))
    blocks: list[Block] = [
        Paragraph(describe_confidence_threshold(report.probes), quiet=True),
        build_ood_family_table(report.probes),
        Heading(tr("Shortcut test")),
    ]
    blocks += [build_shortcut_table(report.probes), Paragraph(probing.describe_shortcut(report.probes.named))]
    return Section("knows", short, title, tuple(blocks))


def describe_confidence_threshold(probes: OodResults) -> str:
    """Confidence threshold: what these pictures are, and what counts as a sure answer to them."""
    said = tr("These images have no correct class. A prediction counts as confident at {threshold} or above.")
    return said.format(threshold=format_number(probes.threshold, 2))


def build_ood_family_table(probes: OodResults) -> Table:
    """Sure answers to pictures that have none."""
    heads = (
        Cell(tr("Images"), head=True),
        Cell("n", figure=True),
        Cell(tr("confident predictions"), figure=True),
        Cell(tr("AUROC"), figure=True),
        Cell(tr("FPR at 95% TPR"), figure=True),
    )
    rows = tuple(
        (
            Cell(probing.get_ood_family_name(row.family), head=True),
            Cell(str(row.n), figure=True),
            Cell(number_format.format_rate_with_range(row.rate), figure=True),
            Cell(format_number(row.auroc, 2) if row.auroc == row.auroc else "–", figure=True),
            Cell(format_percent(row.fpr95) if row.fpr95 == row.fpr95 else "–", figure=True),
        )
        for row in probes.families
    )
    return Table(tr("Confident predictions on out-of-distribution images"), heads, rows)


def build_shortcut_table(probes: OodResults) -> Table:
    """Shortcut probes: what became of a model's answers when something was taken away."""
    heads = (Cell(tr("Change to field frames"), head=True), Cell(tr("Effect on predictions")))
    rows = tuple(
        (Cell(probing.get_shortcut_name(row.probe), head=True), Cell(probing.format_kept_answers(row.kept))) for row in probes.shortcuts
    )
    return Table(tr("Predictions that survive removal of information"), heads, rows)
