from dataclasses import replace

import pytest

from fieldcheck.analyses.blocks import Paragraph
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.findings import (
    MOST,
    build_action_summary,
    build_action_table,
    build_finding_blocks,
    list_actions,
    list_first_steps,
    list_test_facts,
    list_worst_slices,
)
from tests.report.example_report import empty_report, estimate, example_report, slices
from tests.report.made_facts import decision, finding


def with_gap(**changes):
    report = example_report()
    return replace(report, gap=replace(report.gap, **changes))


def with_field(**changes):
    report = example_report()
    return replace(report, field=replace(report.field, **changes))


def test_blind_spots_come_before_classes():
    expected = ["dark", "crack"]
    assert [line.name for line in list_worst_slices(example_report(slices=slices()))] == expected


def test_a_clip_is_named_by_its_source_and_time_not_by_its_id():
    (spot, *_) = slices()
    report = example_report(
        slices=(replace(spot, key="clip", value="ab12.0"),),
        clip_names={"ab12.0": "c2_oiling_dusk, 05:52"},
    )
    assert list_worst_slices(report)[0].name == "c2_oiling_dusk, 05:52"


def test_a_class_is_named_only_when_its_whole_range_lies_below_all_frames():
    names = [line.name for line in list_worst_slices(example_report())]
    # scratch has a lower value than all frames, but its range reaches above them
    assert names == ["crack"]


def test_it_is_said_what_the_class_was_called_instead():
    (line,) = list_worst_slices(example_report())
    assert "9 of 19 were predicted as OK." in line.rest


def test_a_score_is_never_without_its_range_and_its_n():
    for line in list_worst_slices(example_report(slices=slices())):
        assert "n = " in line.rest
        assert "–" in line.rest


def test_when_nothing_stands_out_that_is_said():
    (line,) = list_worst_slices(example_report(per_class=()))
    assert "No class and no slice demonstrated below" in line.rest


def test_before_any_label_nothing_is_claimed():
    (line,) = list_worst_slices(empty_report())
    assert "No labelled frame" in line.rest


@pytest.mark.parametrize(
    ("report", "place"),
    [
        (empty_report(), "Capture, “Import video files”"),
        (with_field(n_picked=0), "(Pick)"),
        (with_field(n_labelled=0), "Pick, “Import labels…”"),
        (example_report(model=None), "Project, “Model”"),
        (example_report(benchmark=None), "Project, “Benchmark”"),
        (with_field(footage=Estimate.not_measured("no_labels")), "Explore, “Run model”"),
        (with_gap(verdict="not_comparable"), "Project, “Diagnose model”"),
        (with_gap(verdict="chosen_only"), "(Pick)"),
    ],
    ids=["footage", "picks", "labels", "model", "benchmark", "run", "not comparable", "chosen"],
)
def test_the_first_step_is_the_one_that_is_missing(report, place):
    assert place in list_first_steps(report)[0]


def test_an_open_verdict_says_how_many_frames_would_close_it():
    expected = "Label about 40 more frames"
    assert expected in list_first_steps(with_gap(verdict="not_enough", frames_to_decide=40))[0]
    assert "1 more frame" in list_first_steps(with_gap(verdict="not_enough", frames_to_decide=1))[0]


def test_an_open_verdict_that_labels_cannot_close_says_so():
    assert "more clips" in list_first_steps(with_gap(verdict="not_enough", why_not="more_clips"))[0]
    expected = "improve the model"
    assert expected in list_first_steps(with_gap(verdict="not_enough", why_not="undecidable"))[0]
    expected = "images to the benchmark"
    assert expected in list_first_steps(with_gap(verdict="not_enough", why_not="few_pictures"))[0]


def test_a_condition_can_be_changed_and_a_class_can_only_be_collected():
    light, of_class, *_ = list_first_steps(example_report(slices=slices()))
    assert "on site" in light
    assert "crack" in of_class
    assert "on site" not in of_class


def test_a_failure_without_a_pattern_points_at_the_pictures():
    assert "confident errors" in list_first_steps(example_report(per_class=()))[0]


def test_there_are_never_more_than_three_steps():
    assert len(list_first_steps(example_report(slices=slices()))) <= MOST


def test_few_clips_ask_for_more():
    assert "more clips" in list_first_steps(example_report())[-1]
    assert not any("more clips" in step for step in list_first_steps(with_field(n_clips=20)))


def test_what_was_tested_names_when_where_light_and_n():
    said = dict(list_test_facts(example_report().visits[0]))
    assert said["Date and time"] == "2026-11-24 22:38 UTC – 2026-11-24 23:13 UTC"
    assert said["Conditions (several may apply)"] == "dark 48, normal light 31, glare 21"
    assert said["Labelled"] == "100 frames"
    assert said["Footage"] == "10 min 2 s, 6 clips, 1,200 frames sampled"


def test_what_nobody_said_is_not_known():
    visit = replace(
        example_report().visits[0], first_at="", last_at="", locations=(), cameras=(), conditions=()
    )
    said = dict(list_test_facts(visit))
    assert {
        said[name]
        for name in ("Date and time", "Location", "Cameras", "Conditions (several may apply)")
    } == {"unknown"}


def made(gap=(), field=(), **facts):
    report = example_report(results={"decision": decision(**facts)})
    changed = replace(report.field, **dict(field))
    return replace(report, gap=replace(report.gap, **dict(gap)), field=changed)


def codes(report):
    return [one.code for one in list_actions(report)]


def words(report):
    return [row[1].text for row in build_action_table(report).rows]


def test_labels_come_first_then_recordings_then_training():
    assert codes(made(waiting=4, field={"n_labelled": 40})) == ["label", "record", "change_site"]
    assert codes(made()) == ["record", "change_site", "collect"]


def test_no_more_labels_are_asked_for_than_there_are_frames():
    gap = {"verdict": "not_enough", "frames_to_decide": 48}
    (first, *_) = list_actions(made(gap=gap, waiting=4, drawable=20))
    assert (first.code, first.n, first.available) == ("label", 24, 24)


def test_a_census_asks_for_no_label_of_what_is_labelled():
    gap = {"verdict": "not_enough", "why_not": "census"}
    report = made(gap=gap, field={"census": True, "n_clips": 3})
    assert "label" not in codes(report)
    assert "label_slice" not in codes(report)


def test_nine_labels_are_not_sent_to_training():
    findings = (finding(demonstrated=True),)
    report = made(gap={"verdict": "fail"}, field={"n_labelled": 9}, findings=findings, drawable=400)
    assert "collect" not in codes(report)
    assert codes(report)[0] == "label"
    assert "Label 41 more frames." in words(report)


def test_a_demonstrated_place_is_looked_at_before_anything_is_trained():
    found = codes(made(findings=(finding(demonstrated=True),)))
    assert found == ["record", "change_site", "collect"]
    of_class = codes(made(findings=(finding(key="class", value="crack", demonstrated=True),)))
    assert of_class == ["record", "collect"]


def test_twenty_clips_ask_for_no_more_of_them():
    assert "record" not in codes(made(field={"n_clips": 20}, findings=()))


@pytest.mark.parametrize("verdict", ["fail", "pass", "not_enough"])
def test_few_labels_of_many_clips_with_no_frame_left_ask_for_clips_and_for_no_training(verdict):
    field = {"n_clips": 20, "n_labelled": 40}
    assert codes(made(gap={"verdict": verdict}, field=field, findings=())) == ["record"]


@pytest.mark.parametrize("verdict", ["not_comparable", "chosen_only"])
def test_what_stands_before_everything_else_stands_alone(verdict):
    assert codes(made(gap={"verdict": verdict}, field={"n_clips": 20})) == ["step"]


def test_the_json_has_every_action_with_its_counts():
    report = made(waiting=4, field={"n_labelled": 40})
    expected = {"code": "label", "n": 4, "available": 4, "key": "", "value": ""}
    assert build_action_summary(report)["actions"][0] == expected
    assert codes(empty_report()) == ["step"]


def test_largest_differences_are_one_line_without_mark_or_action():
    open_one = finding(demonstrated=False, difference=estimate(0.28, -0.09, 0.53, 25))
    report = made(findings=(), largest=(open_one,))
    lines = [block.text for block in build_finding_blocks(report) if isinstance(block, Paragraph)]
    expected = (
        "Largest differences from the rest, not demonstrated: "
        "Oiling station (location) 28 pp (−9 to 53, n = 25)."
    )
    assert lines[-1] == expected
    assert not any("▲" in line or "△" in line for line in lines)
    assert all(one.for_slice == ("", "") for one in list_actions(report))
