import json
from dataclasses import replace

import pytest

from fieldcheck.domain.report import FindingChange, RuleChange
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import ReportRefused
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import (
    compare_summaries,
    load_last_summary,
    load_summary,
    write_report,
)
from fieldcheck.report.folder import build_summary
from fieldcheck.report.report_change import build_change_section
from fieldcheck.stats.intervals import estimate_difference
from tests import makers
from tests.report.example_report import estimate, example_report


def told(**changes):
    """A report's summary as a file holds it."""
    return json.loads(json.dumps(build_summary(example_report(**changes))))


def with_gap(document, **changes):
    return {**document, "gap": {**document["gap"], **changes}}


def scores(change):
    return {one.name: one for one in change.scores if not one.of_class}


def test_the_last_report_of_the_project_is_what_a_new_one_is_compared_with(labelled, tmp_path):
    assert load_last_summary(labelled) is None
    first = write_report(labelled, tmp_path, "en", NullProgress(), makers.NOW)
    assert first.report.facts["change"] is None
    change = write_report(labelled, tmp_path, "en", NullProgress(), makers.LATER).report.facts[
        "change"
    ]
    assert (change.since, change.named) == (makers.NOW, False)
    assert (change.same_frames, change.differs) == (True, ())
    assert {one.change.value for one in change.scores} == {0.0}
    assert all(one.change.lo < 0 < one.change.hi for one in change.scores)


def test_another_report_may_be_named_by_its_folder_its_file_or_its_project(labelled, tmp_path):
    written = write_report(labelled, tmp_path, "en", NullProgress(), makers.NOW)
    labelled.close()
    named = [
        load_summary(place)
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
        load_summary(tmp_path)
    assert refused.value.problem == problem


def test_a_folder_without_a_report_and_a_missing_one_are_told_apart(tmp_path):
    with pytest.raises(ReportRefused) as refused:
        load_summary(tmp_path)
    assert refused.value.problem == "none"
    with pytest.raises(PathMissing):
        load_summary(tmp_path / "gone")
    makers.empty_project(tmp_path / "p.fieldcheck").close()
    with pytest.raises(ReportRefused) as refused:
        load_summary(tmp_path / "p.fieldcheck")
    assert refused.value.problem == "none"


@pytest.mark.parametrize("value", ["much", 1e300, [0.5], {"a": 1}])
def test_a_summary_with_figures_of_another_kind_gives_no_change(value):
    before = told()
    footage = {**before["field"]["footage"], "value": value}
    assert (
        compare_summaries(
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
    change = compare_summaries({**before, "checklist": checklist}, before, named=True)
    rules = build_change_section(replace(example_report(), facts={"change": change})).blocks[-1]
    assert [cell.text for cell in rules.rows[0]][1] == "not measured"


def test_the_range_of_a_change_squares_and_adds_the_arms_of_both_scores():
    before = told()
    lower = estimate(0.4, 0.3, 0.5, 100)
    now = {**before, "field": {**before["field"], "footage": lower.to_json(), "camera": None}}
    found = scores(compare_summaries(before, now, named=True))["field"]
    assert found.now == lower
    assert found.change == estimate_difference(lower, found.before)


def test_scores_by_different_measures_are_not_subtracted():
    change = compare_summaries(
        with_gap(told(), metric="map"), with_gap(told(), metric="accuracy"), named=True
    )
    assert change.differs == ("metric",)
    assert change.scores == ()


def test_other_recordings_are_another_draw():
    before = told()
    other = {**before, "provenance": {**before["provenance"], "hashes": {"elsewhere.avi": "00"}}}
    change = compare_summaries(other, before, named=True)
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
    change = compare_summaries(before, now, named=True)
    assert change.findings == (
        FindingChange("location", "Oiling", True, False),
        FindingChange("camera", "north", False, True),
    )
    assert change.rules == (RuleChange("gap", "fail", "pass"),)
