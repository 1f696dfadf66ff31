from dataclasses import replace

from fieldcheck.domain.provider import Parity
from fieldcheck.ui.screens.latency.view import VariantsTable
from tests.domain.test_latency import beside, variant


def cells_of(made):
    lines = made.table.lines
    return [
        [lines.index(row, column).data() for column in range(lines.columnCount())]
        for row in range(lines.rowCount())
    ]


def test_each_variant_is_a_line_and_what_was_measured_stands_under_them(look, shown):
    made = shown(VariantsTable(look), 700, 300)
    made.show_variants(beside(variant(1.0), variant(0.55, threads=2)))
    assert cells_of(made) == [
        ["Processor (CPU), 1 thread", "20.0 (19.0–21.0)", "31.0 (30.0–33.0)", "400", "–"],
        ["Processor (CPU), 2 threads", "20.0 (19.0–21.0)", "31.0 (30.0–33.0)", "400", "0.55×"],
    ]
    assert made.about.text().startswith("Variants compared on Atom in alternating blocks of ")


def test_before_a_run_and_where_nobody_could_run_there_is_no_table(look, shown):
    made = shown(VariantsTable(look), 700, 300)
    made.show_variants(None)
    assert (made.table.isHidden(), made.about.text()) == (True, "Not measured yet.")
    made.show_variants(
        replace(beside(), left_out=(Parity("openvino", 8, problem="failed", detail="no kernel"),))
    )
    assert made.table.isHidden()
    assert "cannot run this model (no kernel)" in made.about.text()
