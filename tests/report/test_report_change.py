import json
from dataclasses import replace

import pytest

from fieldcheck.analyses.blocks import Paragraph, Table
from fieldcheck.analyses.releases_and_ranking import RELEASES
from fieldcheck.analyses.report_data import LastReport
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.report import FindingChange, ReportChange, RuleChange, ScoreChange
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import ReportRefused
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.report import assemble, report_change
from fieldcheck.report.findings import build_action_table, list_actions
from fieldcheck.report.folder import build_summary
from fieldcheck.report.report_change import (
    build_change_section,
    describe_better_earlier_model,
    describe_field_change,
    describe_setup_difference,
    get_field_change,
    get_previous_field_score,
    get_report_change,
    list_change_sentences,
)
from fieldcheck.stats.wilson_interval import estimate_difference
from tests import makers
from tests.report.example_report import change_report, estimate, example_report
from tests.report.made_facts import decision


def score(name, before, now, *, of_class=False):
    sides = [estimate(value, value - 0.05, value + 0.05, 100) for value in (before, now)]
    return ScoreChange(name, of_class, *sides, estimate_difference(sides[1], sides[0]))


FELL = ReportChange(
    "2026-03-01T08:00:00+01:00", "Line 4", "v1", False, False, ("model", "draw"),
    (score("field", 0.8, 0.5),), (), (),
)  # fmt: skip


def shown(change):
    return build_change_section(change_report(example_report(), results={"change": change}))


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
    changed = replace(FELL, scores=(score("field", 0.8, 0.78),))
    assert describe_field_change(changed).endswith(": not demonstrated")


def test_nothing_is_said_of_a_score_that_was_not_measured_both_times():
    assert describe_field_change(replace(FELL, scores=())) == ""


def test_the_same_answers_to_the_same_frames_are_no_change_that_may_be_chance():
    same = replace(FELL, differs=(), scores=(score("field", 0.8, 0.8),))
    assert describe_field_change(same).endswith("80%, same frames")
    assert describe_field_change(replace(same, differs=("model",))).endswith(": not demonstrated")


def test_what_was_measured_otherwise_stands_before_the_scores():
    said = paragraphs(FELL)
    assert said[0] == (
        "Compared with the last report of this project, of 2026-03-01 08:00 UTC+01:00 (model “v1”)."
    )
    assert said[1:3] == [describe_setup_difference("model"), describe_setup_difference("draw")]


@pytest.mark.parametrize(("before", "now", "end"), [
    (True, True, "in both reports."),
    (False, True, "not in the previous one."),
    (True, False, "this does not show that the blind spot is fixed."),
])  # fmt: skip
def test_a_finding_that_is_not_demonstrated_any_more_is_not_called_mended(before, now, end):
    findings = (FindingChange("location", "Oiling", before, now),)
    assert paragraphs(replace(FELL, findings=findings))[-1].endswith(end)


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


def told(**changes):
    """A report's summary as a file holds it."""
    return json.loads(json.dumps(build_summary(example_report(**changes))))


def with_gap(document, **changes):
    return {**document, "gap": {**document["gap"], **changes}}


def scores(change):
    return {one.name: one for one in change.scores if not one.of_class}


@pytest.mark.long
def test_the_last_report_of_the_project_is_what_a_new_one_is_compared_with(labelled, tmp_path):
    assert assemble.list_last_summaries(labelled) == []
    first = assemble.write_report(labelled, tmp_path, "en", NullProgress(), makers.NOW)
    assert first.report.results["change"] is None
    progress = NullProgress()
    change = assemble.write_report(labelled, tmp_path, "en", progress, makers.LATER).report.results[
        "change"
    ]
    assert (change.since, change.named) == (makers.NOW, False)
    assert (change.same_frames, change.differs) == (True, ())
    assert {one.change.value for one in change.scores} == {0.0}
    assert all(one.change.lo < 0 < one.change.hi for one in change.scores)


@pytest.mark.long
def test_a_report_that_is_printed_again_tells_the_same_change(labelled, material, tmp_path):
    """Also in the other language, and what it advises of the earlier model with it."""
    assemble.write_report(labelled, tmp_path, "en", NullProgress(), makers.NOW)
    wrong = makers.colour_model(tmp_path / "wrong.onnx", order=(1, 2, 0), gain=6.0)
    add_model(labelled, wrong, None, makers.NOW)
    run_and_score(labelled, None, "all", NullProgress(), makers.NOW)
    told = [
        assemble.write_report(labelled, tmp_path, language, NullProgress(), makers.LATER).report
        for language in ("en", "de", "en")
    ]
    changes = [get_report_change(report) for report in told]
    assert {change.since for change in changes} == {makers.NOW}
    assert [change.differs for change in changes] == [("model",)] * 3
    assert len({list_change_sentences(report)[0] for report in told[::2]}) == 1
    fields = [get_field_change(change) for change in changes]
    steps = [RELEASES.get_result(report).steps[-1] for report in told]
    assert [one.verdict.change for one in fields] == [one.change for one in steps]
    assert [one.change for one in fields] == [one.change for one in steps]
    # four clips flip in sixteen ways, so that no direction can be as rare as one in twenty
    assert [one.direction for one in fields] == [""] * 3
    assert not any(describe_better_earlier_model(report) for report in told)


@pytest.mark.long
def test_another_report_may_be_named_by_its_folder_its_file_or_its_project(labelled, tmp_path):
    written = assemble.write_report(labelled, tmp_path, "en", NullProgress(), makers.NOW)
    labelled.close()
    named = [
        assemble.load_summary(place)
        for place in (written.folder, written.folder / "summary.json", written.project)
    ]
    assert {one["created"] for one in named} == {makers.NOW}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{", "unreadable"), ("[" * 900, "unreadable"), ("[]", "other"), ('{"a": 1}', "other")],
)
def test_what_is_no_report_is_refused(tmp_path, text, problem):
    (tmp_path / "summary.json").write_text(text)
    with pytest.raises(ReportRefused) as refused:
        assemble.load_summary(tmp_path)
    assert refused.value.problem == problem


def test_a_folder_without_a_report_and_a_missing_one_are_told_apart(tmp_path):
    with pytest.raises(ReportRefused) as refused:
        assemble.load_summary(tmp_path)
    assert refused.value.problem == "none"
    with pytest.raises(PathMissing):
        assemble.load_summary(tmp_path / "gone")
    makers.empty_project(tmp_path / "p.fieldcheck").close()
    with pytest.raises(ReportRefused) as refused:
        assemble.load_summary(tmp_path / "p.fieldcheck")
    assert refused.value.problem == "none"


@pytest.mark.parametrize("value", ["much", 1e300, [0.5], {"a": 1}])
def test_a_summary_with_figures_of_another_kind_gives_no_change(value):
    before = told()
    footage = {**before["field"]["footage"], "value": value}
    assert (
        report_change.compare_summaries(
            {**before, "field": {**before["field"], "camera": None, "footage": footage}},
            told(),
            named=True,
        )
        is None
    )


@pytest.mark.parametrize("state", [["x"], {"a": 1}, 5, None])
def test_a_state_that_is_no_word_is_one_that_was_not_measured(state):
    before = told()
    checklist = [{**before["checklist"][0], "state": state}]
    change = report_change.compare_summaries({**before, "checklist": checklist}, before, named=True)
    rules = build_change_section(
        change_report(example_report(), results={"change": change})
    ).blocks[-1]
    assert [cell.text for cell in rules.rows[0]][1] == "not measured"


def test_the_range_of_a_change_squares_and_adds_the_arms_of_both_scores():
    before = told()
    lower = estimate(0.4, 0.3, 0.5, 100)
    now = {**before, "field": {**before["field"], "footage": lower.to_json(), "camera": None}}
    found = scores(report_change.compare_summaries(before, now, named=True))["field"]
    assert found.now == lower
    assert found.change == estimate_difference(lower, found.before)


def test_a_change_between_reports_of_one_footage_each_is_never_demonstrated():
    before = told()
    lower = estimate(0.1, 0.05, 0.15, 100)
    now = {**before, "field": {**before["field"], "footage": lower.to_json(), "camera": None}}
    assert scores(report_change.compare_summaries(before, now, named=True))["field"].direction
    alone = with_gap(now, basis="footage")
    found = scores(report_change.compare_summaries(before, alone, named=True))
    assert (found["field"].direction, found["gap"].direction) == ("", "")


def test_scores_by_different_measures_are_not_subtracted():
    before = with_gap(told(), metric="map")
    change = report_change.compare_summaries(
        before, with_gap(told(), metric="accuracy"), named=True
    )
    assert change.differs == ("metric",)
    assert change.scores == ()


def test_other_recordings_are_another_draw():
    before = told()
    other = {**before, "provenance": {**before["provenance"], "hashes": {"elsewhere.avi": "00"}}}
    change = report_change.compare_summaries(other, before, named=True)
    assert "draw" in change.differs
    assert not change.same_frames


def test_findings_and_lines_of_the_checklist_that_came_or_went_are_named():
    before, now = told(), told()
    before["decision"] = {
        "findings": [{"key": "location", "value": "Oiling", "demonstrated": True}]
    }
    now["decision"] = {
        "findings": [
            {"key": "camera", "value": "north", "demonstrated": True},
            {"key": "x", "value": "y", "demonstrated": False},
        ]
    }
    before["checklist"] = [
        {"rule": "gap", "state": "fail"},
        {"rule": "blind_spot", "state": "pass"},
    ]
    now["checklist"] = [{"rule": "gap", "state": "pass"}, {"rule": "blind_spot", "state": "pass"}]
    change = report_change.compare_summaries(before, now, named=True)
    assert change.findings == (
        FindingChange("location", "Oiling", True, False),
        FindingChange("camera", "north", False, True),
    )
    assert change.rules == (RuleChange("gap", "fail", "pass"),)


def test_the_same_report_again_has_no_interval_of_a_change():
    again = replace(FELL, differs=(), same_frames=True, scores=(score("field", 0.8, 0.8),))
    earlier, field = shown(again).blocks
    assert earlier.text.endswith("(model “v1”).")
    assert "unchanged" in field.text
    report = replace(example_report(), results={"change": again})
    assert get_previous_field_score(report) is None


def test_the_chart_marks_the_report_that_the_sentence_names():
    report = replace(example_report(), results={"change": FELL})
    assert get_previous_field_score(report) == 0.8
    assert get_previous_field_score(replace(report, results={"change": None})) is None
    last = LastReport("2026-03-01T08:00:00+01:00", "v1", 0.7, None)
    for value, expected in ((0.7, 0.7), (report.gap.field.value, None)):
        provenance = replace(report.provenance, last=replace(last, field=value))
        plain = replace(report, results={}, provenance=provenance)
        assert get_previous_field_score(plain) == expected


def test_a_changed_field_score_stands_on_the_first_page():
    report = replace(example_report(), results={"change": FELL})
    (sentence,) = list_change_sentences(report)
    assert sentence == f"S{describe_field_change(FELL)[1:]}."
    assert list_change_sentences(example_report()) == []


def test_a_model_that_is_demonstrated_to_be_worse_is_not_kept():
    advice = describe_better_earlier_model(replace(example_report(), results={"change": FELL}))
    assert "“v1”" in advice
    assert "−30 pp" in advice


def test_an_earlier_model_may_have_braces_in_its_name():
    report = replace(example_report(), results={"change": replace(FELL, model="yolo{v8} {0}")})
    report = replace(report, results={**report.results, "decision": decision()})
    (advice,) = list_actions(report)
    assert advice.sentence == describe_better_earlier_model(report)
    table = build_action_table(report)
    assert any("“yolo{v8} {0}”" in cell.text for row in table.rows for cell in row)


def test_a_direction_follows_from_the_frames_where_they_are_compared_one_by_one():
    (field,) = (one for one in FELL.scores if one.name == "field" and not one.of_class)
    paired = Estimate(-0.3, -0.35, -0.25, 100, 12.0, "clip_change")
    for verdict, advised in (
        (ChangeVerdict(paired, 0.01, "worse"), True), (ChangeVerdict(paired, 0.125), False),
    ):  # fmt: skip
        change = replace(FELL, scores=(replace(field, change=paired, verdict=verdict),))
        report = replace(example_report(), results={"change": change})
        assert bool(describe_better_earlier_model(report)) == advised
        judged = "demonstrated" if advised else "not demonstrated"
        assert describe_field_change(change).endswith(f": {judged}")
        assert "(−35 to −25)" in describe_field_change(change)


@pytest.mark.parametrize(
    "change",
    [
        replace(FELL, differs=("draw",)),
        replace(FELL, scores=(score("field", 0.8, 0.78),)),
        replace(FELL, scores=(score("field", 0.5, 0.8),)),
        replace(FELL, scores=()),
    ],
    ids=["the same model", "not demonstrated", "better", "not comparable"],
)
def test_otherwise_nothing_is_said_against_the_model(change):
    assert (
        describe_better_earlier_model(replace(example_report(), results={"change": change})) == ""
    )
