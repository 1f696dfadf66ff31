from dataclasses import replace

import pytest

from fieldcheck.analyses.blocks import Paragraph, Table
from fieldcheck.domain.report import FindingChange, ReportChange, RuleChange, ScoreChange
from fieldcheck.report.report_change import (
    build_change_section,
    describe_field_change,
    describe_setup_difference,
)
from fieldcheck.stats.intervals import estimate_difference
from tests.report.example_report import estimate, example_report


def score(name, before, now, *, of_class=False):
    sides = [estimate(value, value - 0.05, value + 0.05, 100) for value in (before, now)]
    return ScoreChange(name, of_class, *sides, estimate_difference(sides[1], sides[0]))


FELL = ReportChange(
    "2026-03-01T08:00:00+01:00", "Line 4", "v1", False, False, ("model", "draw"),
    (score("field", 0.8, 0.5),), (), (),
)  # fmt: skip


def shown(change):
    return build_change_section(replace(example_report(), facts={"change": change}))


def paragraphs(change):
    return [block.text for block in shown(change).blocks if isinstance(block, Paragraph)]


def test_without_an_earlier_report_it_says_so():
    (only,) = build_change_section(example_report()).blocks
    assert only.text == "No earlier report to compare with."


def test_a_change_whose_range_leaves_out_zero_is_more_than_chance():
    said = (
        "since the report of 2026-03-01 08:00 UTC+01:00 the field score changed by −30 pp "
        "(−37 to −23), from 80% to 50%: demonstrated"
    )
    assert describe_field_change(FELL) == said


def test_in_the_section_it_is_a_sentence_of_its_own():
    assert f"S{describe_field_change(FELL)[1:]}." in paragraphs(FELL)


def test_a_change_whose_range_holds_zero_may_be_chance():
    assert describe_field_change(replace(FELL, scores=(score("field", 0.8, 0.78),))).endswith(
        ": not demonstrated"
    )


def test_nothing_is_said_of_a_score_that_was_not_measured_both_times():
    assert describe_field_change(replace(FELL, scores=())) == ""


def test_the_same_answers_to_the_same_frames_are_no_change_that_may_be_chance():
    same = replace(FELL, differs=(), scores=(score("field", 0.8, 0.8),))
    assert describe_field_change(same).endswith("80%, same frames")
    assert describe_field_change(replace(same, differs=("model",))).endswith(": not demonstrated")


def test_what_was_measured_otherwise_stands_before_the_scores():
    said = paragraphs(FELL)
    assert said[0] == (
        "Compared with the last report of this project, of 2026-03-01 08:00 UTC+01:00 (model v1)."
    )
    assert said[1:3] == [describe_setup_difference("model"), describe_setup_difference("draw")]


@pytest.mark.parametrize(
    ("before", "now", "end"),
    [
        (True, True, "in both reports."),
        (False, True, "not in the previous one."),
        (True, False, "this does not show that the blind spot is fixed."),
    ],
)
def test_a_finding_that_is_not_demonstrated_any_more_is_not_called_mended(before, now, end):
    assert paragraphs(replace(FELL, findings=(FindingChange("location", "Oiling", before, now),)))[
        -1
    ].endswith(end)


def test_classes_stand_with_the_largest_fall_first_and_the_checklist_with_both_states():
    scores = (
        score("field", 0.8, 0.5),
        score("ok", 0.9, 0.9, of_class=True),
        score("crack", 0.9, 0.4, of_class=True),
    )
    tables = [
        block
        for block in shown(
            replace(FELL, scores=scores, rules=(RuleChange("gap", "pass", "fail"),))
        ).blocks
        if isinstance(block, Table)
    ]
    assert [row[0].text for row in tables[1].rows] == ["crack", "ok"]
    assert [cell.text for cell in tables[2].rows[0]][1:] == ["met", "not met"]
