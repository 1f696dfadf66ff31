from dataclasses import FrozenInstanceError

import pytest

from fieldcheck.analyses import robustness as knowing
from fieldcheck.analyses.blocks import Cell, Lines, ListLine, Paragraph, Table
from fieldcheck.i18n import language
from fieldcheck.report.folder import build_summary
from tests.report.example_report import example_report, probed


def test_a_page_cannot_be_altered_by_its_printer():
    lines = Lines((ListLine("▲", "dark", "41%"),))
    with pytest.raises(FrozenInstanceError):
        lines.lines = ()


def test_a_cell_is_plain_unless_told_otherwise():
    cell = Cell("41%")
    assert (cell.head, cell.figure) == (False, False)
    assert (cell.colours, cell.drawing, cell.sign) == (None, None, "")


def shown(report):
    with language.use_language("en"):
        return knowing.build_ood_section(report).blocks


def test_without_probes_the_section_says_how_to_make_them():
    (only,) = shown(example_report())
    assert "Stress, “Run OOD test”" in only.text
    assert build_summary(example_report())["probes"] is None


def test_families_and_shortcuts_have_a_table_each_and_the_conclusion_a_sentence():
    blocks = shown(probed())
    families, shortcuts = (block for block in blocks if isinstance(block, Table))
    expected = ["Blank images", "200", "55% (49–61%)", "0.72", "50%"]
    assert [cell.text for cell in families.rows[0]] == expected
    assert [row[1].text for row in shortcuts.rows] == [
        "not measured: no frame has a bounding box",
        "predictions unchanged: 70% (62–77%, n = 150)",
        "predictions unchanged: 20% (14–28%, n = 150)",
    ]
    assert isinstance(blocks[-1], Paragraph)
    assert "Texture shortcut" in blocks[-1].text


def test_the_summary_holds_what_the_page_says():
    told = build_summary(probed())
    expected = [("blank", 110), ("noise", 2)]
    assert [(row["family"], row["n_confident"]) for row in told["probes"]] == expected
    assert told["shortcuts"]["named"] == ["texture"]
    assert told["shortcuts"]["probes"][0]["kept"]["value"] is None
