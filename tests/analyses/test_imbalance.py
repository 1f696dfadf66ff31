from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.imbalance import build_imbalance_section, measure_imbalance
from fieldcheck.report.checklist import with_checklist
from tests.report.example_report import example_report


def report(counts, wrong):
    truth = np.repeat(np.arange(len(counts)), counts)
    bad = np.concatenate([np.arange(n) < k for n, k in zip(counts, wrong, strict=True)])
    names = tuple(f"class {k}" for k in range(len(counts)))
    return replace(
        example_report(),
        facts={
            "imbalance": measure_imbalance(
                truth, bad, np.ones(truth.size), np.arange(truth.size) % 10, names
            )
        },
    )


def test_what_is_missing_is_said():
    (block,) = build_imbalance_section(example_report()).blocks
    assert block.text.startswith("Not measured: no labelled frame")


def test_the_rarest_stand_first_with_counts_and_range():
    said, table = build_imbalance_section(report([80, 20], [4, 9])).blocks
    assert [cell.text for cell in table.rows[0]] == ["class 1", "20%", "20", "9", "45% (26–66%)"]
    assert said.text.startswith(
        "The rarest classes have 8.1 times the error rate of the most common classes "
        "(2.5–26.2, n = 100). Demon"
    )


def test_long_groups_name_their_first_classes():
    _, table = build_imbalance_section(report([9] * 18, [1] * 18)).blocks
    names = table.rows[0][0]
    assert names.short.startswith("class 0, class 1, class 2, class 3 and ")
    assert names.text.startswith("class 0, class 1, class 2, class 3, class 4"), (
        "HTML has the whole list"
    )


@pytest.mark.parametrize(
    ("counts", "wrong", "said", "state"),
    [
        ([80, 20], [4, 9], "Demonstrated: rare", "fail"),
        ([40, 4], [3, 1], "Suspected, not demonstrated", "too_few"),
        ([300, 200], [60, 40], "A factor of 3 is excluded", "pass"),
        ([90, 5], [0, 0], "Too few labels", "too_few"),
        ([30], [10], "Insufficient data: only one class has labels.", "not_measured"),
    ],
)
def test_words_and_checklist_say_the_same(counts, wrong, said, state):
    of = report(counts, wrong)
    assert said in build_imbalance_section(of).blocks[0].text
    assert {row.rule: row.state for row in with_checklist(of).checklist}["rare_classes"] == state


def test_where_nothing_is_wrong_there_is_no_ratio():
    said, _ = build_imbalance_section(report([40, 9], [0, 0])).blocks
    assert said.text.startswith("No wrong predictions on labelled frames; nothing to compare. ")


@pytest.mark.parametrize(
    ("counts", "said"), [([1, 1], "2 labelled frames are"), ([8, 1], "9 labelled frames are")]
)
def test_few_labels_have_no_ratio(counts, said):
    first, table = build_imbalance_section(report(counts, [1, 0])).blocks
    assert first.text == f"Insufficient data: {said} too few to compare rare and common classes."
    assert all(row[4].text.startswith("too few (") for row in table.rows)
