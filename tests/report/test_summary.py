import json
from dataclasses import replace
from math import nan

import pytest
from jsonschema import Draft202012Validator

from fieldcheck import resources
from fieldcheck.analyses.report_data import CheckRow
from fieldcheck.domain.robustness import FieldMatch
from fieldcheck.report.folder import build_summary
from tests.report.example_report import boxes_report, empty_report, example_report, slices, stressed

SCHEMA = json.loads(
    resources.get_resource_path("report/summary.schema.json").read_text(encoding="utf-8")
)


def through_json(report):
    return json.loads(json.dumps(build_summary(report), allow_nan=False))


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "report",
    [example_report(), example_report(slices=slices()), boxes_report(), empty_report(), stressed()],
    ids=str,
)
def test_the_summary_keeps_to_its_schema(report):
    Draft202012Validator(SCHEMA).validate(through_json(report))


def test_the_schema_knows_every_key_that_is_written():
    assert set(build_summary(example_report(slices=slices()))) == set(SCHEMA["properties"])


def test_the_damage_that_the_field_looks_like_is_told_or_why_there_is_none():
    found = through_json(stressed())["matched_corruption"]
    assert (found["family"], found["corruption"]) == ("gauss_noise", "shot_noise")
    assert (found["severity"], found["explained"]) == (2.3, 0.71)
    assert [one["family"] for one in found["top"]] == ["gauss_noise", "dark", "haze"]
    assert found["reason"] is None
    assert (found["n_pictures"], found["n_frames"], found["n_clips"]) == (80, 120, 6)
    nothing = through_json(example_report(field_match=FieldMatch(None, "undecided", (), 0.5)))
    Draft202012Validator(SCHEMA).validate(nothing)
    assert nothing["matched_corruption"]["family"] is None
    assert nothing["matched_corruption"]["reason"] == "undecided"
    assert through_json(example_report())["matched_corruption"] is None


def test_figures_stay_as_they_are():
    report = example_report()
    found = through_json(report)
    assert found["gap"]["value"] == report.gap.estimate.value
    assert found["gap"]["lo"] == report.gap.estimate.lo
    assert found["field"]["camera"]["n_eff"] == report.field.camera.n_eff
    assert found["confusion"]["counts"][1][0] == 9


def test_what_is_not_a_number_becomes_null():
    found = through_json(replace(empty_report(), checklist=(CheckRow("gap", "not_measured", nan),)))
    assert found["gap"]["value"] is None
    assert found["gap"]["verdict"] is None
    assert found["checklist"][0]["figure"] is None


def test_a_part_that_does_not_exist_yet_is_absent_and_one_that_was_not_measured_is_null():
    found = through_json(empty_report())
    assert "slices" not in found
    assert (found["model"], found["benchmark"], found["confusion"]) == (None, None, None)


def test_only_created_and_provenance_differ_between_two_writings():
    first = build_summary(example_report())
    second = build_summary(example_report(created="2026-11-26T08:00:00Z"))
    assert {key for key in first if first[key] != second[key]} == {"created"}


def test_the_sentences_are_in_the_language_of_the_report():
    actual = build_summary(example_report())["readiness_words"]
    assert actual != build_summary(example_report(language="de"))["readiness_words"]
