"""Variants of a latency run side by side, as a table: providers and thread counts, the limits of each, and what tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.report.blocks import Cell, Table
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.block_table import ReportTable
from fieldcheck.ui.widgets.fixed_lines import FixedLinesLabel
from fieldcheck.ui.widgets.plain import make_column
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr
from fieldcheck.words.side_by_side import format_percentile, format_relative_latency, get_variant_name, list_variant_notes

if TYPE_CHECKING:
    from fieldcheck.domain.side_by_side import LatencyVariant, SideBySide

VARIANTS_LINES = 6


class VariantsTable(QWidget):
    """A line a variant, and under them what was measured and the noise floor."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = ReportTable(look, tr("Variant comparison"))
        self.about = FixedLinesLabel(VARIANTS_LINES, size="caption", tone="quiet")
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        make_column(look, (self.table, 1), self.about, on=self).addStretch(0)

    def show_variants(self, found: SideBySide | None) -> None:
        """From now on these; None before a run."""
        measured = found is not None and bool(found.variants)
        self.table.setVisible(measured)
        self.table.show_table(_build_variants_table(found) if found is not None and measured else None)
        heads, lines = self.table.horizontalHeader().sizeHint().height(), self.table.verticalHeader().length()
        self.table.setMaximumHeight(heads + lines + 2 * self.table.frameWidth())
        self.about.set_text("\n".join(list_variant_notes(found)) if found is not None else tr("Not measured yet."), "quiet")


def _build_variants_table(found: SideBySide) -> Table:
    heads = (
        Cell(tr("Execution provider and threads"), head=True),
        *(Cell(name, figure=True) for name in ("p50, ms", "p95, ms", "n")),
        Cell(tr("compared with the first"), figure=True),
    )
    return Table(tr("Variant comparison"), heads, tuple(_build_variant_cells(found, one) for one in found.variants))


def _build_variant_cells(found: SideBySide, one: LatencyVariant) -> tuple[Cell, ...]:
    total = one.total
    figures = (
        format_percentile(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms),
        format_percentile(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms),
        format_number(one.n),
        format_relative_latency(found, one),
    )
    return Cell(get_variant_name(one), head=True), *(Cell(said, figure=True) for said in figures)
