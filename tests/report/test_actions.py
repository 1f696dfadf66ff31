from dataclasses import replace

import pytest

from fieldcheck.report.findings import build_action_summary, build_action_table, list_actions
from tests.report.example_report import empty_report, example_report
from tests.report.made_facts import decision, finding


def made(gap=(), field=(), **facts):
    report = example_report(facts={"decision": decision(**facts)})
    return replace(
        report, gap=replace(report.gap, **dict(gap)), field=replace(report.field, **dict(field))
    )


def codes(report):
    return [one.code for one in list_actions(report)]


def words(report):
    return [row[1].text for row in build_action_table(report).rows]


def test_labels_come_first_then_recordings_then_training():
    assert codes(made(waiting=4, field={"n_labelled": 40})) == ["label", "record", "record_slice"]
    assert codes(made()) == ["record", "record_slice", "collect"]


def test_no_more_labels_are_asked_for_than_there_are_frames():
    (first, *_) = list_actions(
        made(gap={"verdict": "not_enough", "frames_to_decide": 48}, waiting=4, drawable=20)
    )
    assert (first.code, first.n, first.available) == ("label", 24, 24)


def test_a_census_asks_for_no_label_of_what_is_labelled():
    report = made(
        gap={"verdict": "not_enough", "why_not": "census"}, field={"census": True, "n_clips": 3}
    )
    assert "label" not in codes(report)
    assert "label_slice" not in codes(report)


def test_nine_labels_are_not_sent_to_training():
    report = made(
        gap={"verdict": "fail"},
        field={"n_labelled": 9},
        findings=(finding(demonstrated=True),),
        drawable=400,
    )
    assert "collect" not in codes(report)
    assert codes(report)[0] == "label"
    assert "Label 41 more frames." in words(report)


def test_a_suspected_slice_asks_for_its_own_frames_where_some_are_left_and_for_clips_where_none_is():
    expected = "Label 24 more frames of “Oiling station”."
    assert expected in words(made(findings=(finding(more=48, waiting=24),)))
    assert "Record 1 more clip with “Oiling station” and some without it." in words(made())


def test_a_demonstrated_place_is_looked_at_before_anything_is_trained():
    found = codes(made(findings=(finding(demonstrated=True),)))
    assert found == ["record", "change_site", "collect"]
    of_class = codes(made(findings=(finding(key="class", value="crack", demonstrated=True),)))
    assert of_class == ["record", "collect"]


def test_twenty_clips_ask_for_no_more_of_them():
    assert "record" not in codes(made(field={"n_clips": 20}, findings=()))


@pytest.mark.parametrize("verdict", ["fail", "pass", "not_enough"])
def test_few_labels_of_many_clips_with_no_frame_left_ask_for_clips_and_for_no_training(verdict):
    assert codes(
        made(gap={"verdict": verdict}, field={"n_clips": 20, "n_labelled": 40}, findings=())
    ) == ["record"]


@pytest.mark.parametrize("verdict", ["not_comparable", "chosen_only"])
def test_what_stands_before_everything_else_stands_alone(verdict):
    assert codes(made(gap={"verdict": verdict}, field={"n_clips": 20})) == ["step"]


def test_the_json_has_every_action_with_its_counts():
    report = made(waiting=4, field={"n_labelled": 40})
    expected = {"code": "label", "n": 4, "available": 4, "key": "", "value": ""}
    assert build_action_summary(report)["actions"][0] == expected
    assert codes(empty_report()) == ["step"]
