"""Does the model know when it does not know, and what does it look at?"""

from __future__ import annotations

from fieldcheck.domain.ood import OodResults
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import ood as probing
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import text
from fieldcheck.words.remedies import on_paper


def section(report: Report) -> Section:
    """Sure answers to pictures that have none, and answers that stay when something is taken away."""
    title, short = text("Out-of-distribution (OOD) behaviour"), text("OOD behaviour")
    if report.probes is None:
        said = text("OOD test not run yet{remedy}.").format(remedy=on_paper("probe"))
        return Section("knows", short, title, (Paragraph(said),))
    blocks: list[Block] = [Paragraph(confident_from(report.probes), quiet=True), families(report.probes), Heading(text("Shortcut test"))]
    blocks += [shortcuts(report.probes), Paragraph(probing.leaning(report.probes.named))]
    return Section("knows", short, title, tuple(blocks))


def confident_from(probes: OodResults) -> str:
    """Confidence threshold: what these pictures are, and what counts as a sure answer to them."""
    said = text("These images have no correct class. A prediction counts as confident at {threshold} or above.")
    return said.format(threshold=number(probes.threshold, 2))


def families(probes: OodResults) -> Table:
    """Sure answers to pictures that have none."""
    heads = (
        Cell(text("Images"), head=True),
        Cell("n", figure=True),
        Cell(text("confident predictions"), figure=True),
        Cell(text("AUROC"), figure=True),
        Cell(text("FPR at 95% TPR"), figure=True),
    )
    rows = tuple(
        (
            Cell(probing.family_name(row.family), head=True),
            Cell(str(row.n), figure=True),
            Cell(number_format.rate_figure(row.rate), figure=True),
            Cell(number(row.auroc, 2) if row.auroc == row.auroc else "–", figure=True),
            Cell(percent(row.fpr95) if row.fpr95 == row.fpr95 else "–", figure=True),
        )
        for row in probes.families
    )
    return Table(text("Confident predictions on out-of-distribution images"), heads, rows)


def shortcuts(probes: OodResults) -> Table:
    """Shortcut probes: what became of a model's answers when something was taken away."""
    heads = (Cell(text("Change to field frames"), head=True), Cell(text("Effect on predictions")))
    rows = tuple((Cell(probing.shortcut_name(row.probe), head=True), Cell(probing.stays(row.kept))) for row in probes.shortcuts)
    return Table(text("Predictions that survive removal of information"), heads, rows)
