from dataclasses import replace

import numpy as np

from fieldcheck.report.inspection import section
from fieldcheck.scoring.inspection import escape_rates
from tests.report.example_report import example_report


def report(escaped):
    defect = np.arange(100) < 20
    called = defect & (np.arange(100) >= escaped)
    clip = np.array([f"c{k % 10}" for k in range(100)])
    return replace(example_report(), facts={"inspection": escape_rates(defect, called, np.ones(100), clip, ("ok",), told=False)})


def words(found):
    return [block.text for block in found.blocks if hasattr(block, "text")]


def test_what_is_missing_is_said():
    (block,) = section(example_report()).blocks
    assert block.text.startswith("Not measured: no class is named as OK")


def test_both_rates_stand_with_counts_and_limits():
    found = section(report(3))
    rows = [[cell.text for cell in row] for row in found.blocks[0].rows]
    assert rows[0][:3] == ["Escape rate (defects passed as OK)", "20", "15% (3–38%)"]
    assert rows[1][1:3] == ["80", "0% (0–5%)"]
    assert words(found)[0] == "OK classes, proposed from their names: ok."
    assert words(found)[1].startswith("3 of 20 labelled defects were passed as OK, 0 of 80")


def test_none_escaped_is_told_with_what_it_excludes():
    assert any(line.startswith("None escaped: an escape rate of 13.9% or more is excluded") for line in words(section(report(0))))
