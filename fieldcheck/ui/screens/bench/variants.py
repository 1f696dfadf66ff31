"""Variants of a latency run side by side, as a table: providers and thread counts, the limits of each, and what tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.report.blocks import Cell, Table
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.block_table import BlockTable
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.plain import column
from fieldcheck.words.figures import number
from fieldcheck.words.language import text
from fieldcheck.words.side_by_side import about_variants, beside_first, percentile_figure, variant_name

if TYPE_CHECKING:
    from fieldcheck.domain.side_by_side import LatencyVariant, SideBySide

LINES = 6


class VariantsTable(QWidget):
    """A line a variant, and under them what was measured and the noise floor."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = BlockTable(look, text("Variant comparison"))
        self.about = FixedLines(LINES, size="caption", tone="quiet")
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column(look, (self.table, 1), self.about, on=self).addStretch(0)

    def show_variants(self, found: SideBySide | None) -> None:
        """From now on these; None before a run."""
        measured = found is not None and bool(found.variants)
        self.table.setVisible(measured)
        self.table.show_table(_table(found) if found is not None and measured else None)
        heads, lines = self.table.horizontalHeader().sizeHint().height(), self.table.verticalHeader().length()
        self.table.setMaximumHeight(heads + lines + 2 * self.table.frameWidth())
        self.about.say("\n".join(about_variants(found)) if found is not None else text("Not measured yet."), "quiet")


def _table(found: SideBySide) -> Table:
    heads = (
        Cell(text("Execution provider and threads"), head=True),
        *(Cell(name, figure=True) for name in ("p50, ms", "p95, ms", "n")),
        Cell(text("compared with the first"), figure=True),
    )
    return Table(text("Variant comparison"), heads, tuple(_line(found, one) for one in found.variants))


def _line(found: SideBySide, one: LatencyVariant) -> tuple[Cell, ...]:
    total = one.total
    figures = (
        percentile_figure(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms),
        percentile_figure(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms),
        number(one.n),
        beside_first(found, one),
    )
    return Cell(variant_name(one), head=True), *(Cell(said, figure=True) for said in figures)
