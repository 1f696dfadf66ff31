from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.failure_modes import (
    MODES,
    build_failure_mode_section,
    count_failure_modes,
    get_failure_mode_name,
)
from fieldcheck.i18n import language
from fieldcheck.report.checklist import with_checklist
from tests.report.example_report import example_report


def report(modes, stock):
    clip = np.array([f"c{k % 5}" for k in range(len(modes))], np.str_)
    return replace(
        example_report(),
        facts={"failure_modes": count_failure_modes(modes, np.ones(len(modes)), clip, stock)},
    )


def test_each_mode_has_share_stock_and_what_is_to_collect():
    rule, table, hint = build_failure_mode_section(
        report(["dark"] * 12 + ["tape"] * 6 + [""] * 2, {"dark": 37, "tape": 5})
    ).blocks
    assert rule.text.startswith("Collect at least 200 distinct images per failure mode (500")
    rows = [[cell.text for cell in row] for row in table.rows]
    assert [row[0] for row in rows] == ["dark", "tape", "unassigned"]
    assert rows[0][1] == "12"
    assert rows[0][2].startswith("60% (")
    assert rows[0][3:] == ["37", "163"]
    assert rows[2][3:] == ["–", "–"]
    assert "blur, dark, glare" in hint.text


def test_nothing_compared_and_nothing_wrong_are_told_apart():
    expected = "No labelled frame has a prediction yet."
    assert build_failure_mode_section(example_report()).blocks[0].text == expected
    expected = "The model was correct on every labelled frame of the sample."
    assert build_failure_mode_section(report([], {})).blocks[0].text == expected


@pytest.mark.parametrize(
    ("modes", "stock", "state", "figure"),
    [
        (["dark", "blur"], {"dark": 260, "blur": 200}, "pass", 200),
        (["dark", "blur"], {"dark": 260, "blur": 30}, "too_few", 30),
        (["dark", ""], {"dark": 260}, "too_few", 260),
        (["", ""], {}, "not_measured", None),
        ([], {}, "pass", None),
    ],
)
def test_the_checklist_asks_for_two_hundred_of_every_open_mode(modes, stock, state, figure):
    rows = {
        row.rule: (row.state, row.figure) for row in with_checklist(report(modes, stock)).checklist
    }
    assert rows["failure_stock"] == (state, figure)


def test_every_known_mode_has_a_german_name():
    with language.use_language("de"):
        assert [
            get_failure_mode_name(mode) for mode in MODES if get_failure_mode_name(mode) == mode
        ] == []
