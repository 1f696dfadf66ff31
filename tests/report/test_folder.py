import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator

from fieldcheck import paths
from fieldcheck.analyses.report_data import CheckRow
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import EvaluationSet
from fieldcheck.domain.robustness import FieldMatch
from fieldcheck.errors.files import DiskFull, ReadBackDiffers
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.labels.label_error_review import Disagreement, LabelReviewRows
from fieldcheck.report import folder as write
from fieldcheck.report.folder import (
    build_schema,
    build_section_schemas,
    build_summary,
    get_folder_name,
    write_folder,
)
from tests.report.example_report import boxes_report, empty_report, example_report, slices, stressed

NAMES = [
    "report.html", "report.pdf", "summary.json", "frames.csv", "predictions.csv", "stress.csv",
    "labels.csv", "SHA256SUMS.txt",
]  # fmt: skip


@pytest.mark.long
def test_the_folder_holds_the_files_of_the_contract(tmp_path):
    files = write_folder(example_report(), tmp_path)
    assert [path.name for path in files] == NAMES
    assert {path.parent for path in files} == {tmp_path / "Fieldcheck_Line-4-night_2026-11-25"}
    assert sorted(os.listdir(files[0].parent)) == sorted(NAMES)


@pytest.mark.long
def test_boxes_come_as_coco(tmp_path):
    assert "labels.coco.json" in [path.name for path in write_folder(boxes_report(), tmp_path)]


def test_the_sums_are_those_of_the_files(tmp_path):
    files = write_folder(example_report(), tmp_path)
    lines = files[-1].read_text(encoding="utf-8").splitlines()
    assert lines == [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files[:-1]
    ]


@pytest.mark.long
def test_a_taken_name_is_counted_on_and_the_older_report_stays(tmp_path):
    first = write_folder(example_report(), tmp_path)[0]
    before = first.read_bytes()
    folders = [write_folder(example_report(), tmp_path)[0].parent.name for _ in range(2)]
    expected = ["Fieldcheck_Line-4-night_2026-11-25_2", "Fieldcheck_Line-4-night_2026-11-25_3"]
    assert folders == expected
    assert first.read_bytes() == before


@pytest.mark.parametrize(("site", "name"), [
    ("Werk 2, Halle C/4", "Fieldcheck_Werk-2--Halle-C-4_2026-11-25"),
    ("Prüfstand_1.b", "Fieldcheck_Prüfstand_1.b_2026-11-25"),
    ("../../etc", "Fieldcheck_..-..-etc_2026-11-25"),
    ("", "Fieldcheck_line4_2026-11-25"),
])  # fmt: skip
def test_the_name_is_made_of_site_and_date(site, name):
    assert get_folder_name(example_report(site=site)) == name


def test_the_place_is_made_where_it_is_missing_and_anybody_may_read(tmp_path):
    folder = write_folder(empty_report(), tmp_path / "a" / "b")[0].parent
    assert stat.S_IMODE(folder.stat().st_mode) & 0o555 == 0o555


def test_the_summary_is_json_in_utf_8_with_line_feeds(tmp_path):
    folder = write_folder(example_report(site="Prüfstand"), tmp_path)
    path = next(path for path in folder if path.name == "summary.json")
    assert json.loads(path.read_text(encoding="utf-8"))["site"] == "Prüfstand"
    assert b"\r" not in path.read_bytes()


def test_a_medium_that_forgets_is_found_out_and_nothing_is_left(tmp_path, monkeypatch):
    real = write.write_bytes
    monkeypatch.setattr(
        write,
        "write_bytes",
        lambda path, data: real(path, data[:-1] if path.name == "frames.csv" else data),
    )
    with pytest.raises(ReadBackDiffers) as caught:
        write_folder(example_report(), tmp_path)
    assert caught.value.path.name == "frames.csv"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(path, data):
        raise DiskFull(path)

    monkeypatch.setattr(write, "write_bytes", full)
    with pytest.raises(DiskFull):
        write_folder(example_report(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_of_the_place_is_an_error_that_names_it(tmp_path):
    (tmp_path / "reports").write_text("a file", encoding="utf-8")
    with pytest.raises(PathOccupied) as caught:
        write_folder(example_report(), tmp_path / "reports")
    assert caught.value.path == tmp_path / "reports"


@pytest.mark.long
def test_two_writings_differ_in_the_time_alone(tmp_path):
    first = write_folder(example_report(), tmp_path)
    second = write_folder(replace(example_report(), created="2026-11-25T09:00:00Z"), tmp_path)
    same = [a.name for a, b in zip(first, second, strict=True) if a.read_bytes() == b.read_bytes()]
    assert same == ["frames.csv", "predictions.csv", "stress.csv", "labels.csv"]


SCHEMA = json.loads(
    paths.get_resource_path("report/summary.schema.json").read_text(encoding="utf-8")
)


def through_json(report):
    return json.loads(json.dumps(build_summary(report), allow_nan=False))


@pytest.mark.long
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


KEPT = json.loads(paths.get_resource_path("report/summary.schema.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Facts:
    kind: Literal["a", "b"]
    score: Estimate
    names: tuple[str, ...]
    share: float
    n: int
    of: Mapping[str, int]
    told: str | None = None
    size: tuple[int, int] = (1, 1)


def test_the_schema_follows_the_fields():
    found = build_schema(Facts)
    assert found["required"] == ["kind", "score", "names", "share", "n", "of", "told", "size"]
    assert found["properties"] == {
        "kind": {"enum": ["a", "b"]},
        "score": {"$ref": "#/$defs/estimate"},
        "names": {"type": "array", "items": {"type": "string"}},
        "share": {"type": ["number", "null"]},
        "n": {"type": "integer"},
        "of": {"type": "object", "additionalProperties": {"type": "integer"}},
        "told": {"type": ["string", "null"]},
        "size": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    }


def test_what_json_has_no_word_for_is_refused():
    with pytest.raises(TypeError, match="complex"):
        build_schema(complex)


def test_the_kept_schema_holds_what_follows_from_the_sections():
    assert {
        key: KEPT["properties"].get(key) for key in build_section_schemas()
    } == build_section_schemas(), "run packaging/summary_schema.py"


@pytest.mark.parametrize(("key", "row"), [
    ("checklist", CheckRow),
    ("evaluation_sets", EvaluationSet),
])  # fmt: skip
def test_rows_that_are_told_field_by_field_are_what_the_kept_schema_says(key, row):
    assert loosely(KEPT["properties"][key]["items"]) == loosely(build_schema(row))


def test_label_reviews_are_what_the_kept_schema_says():
    counts = {"model_wrong": 1, "label_wrong": 0, "cannot_tell": 0}
    share = Estimate.not_measured("no_labels")
    row = Disagreement("a", ("crack",), ("ok",), 0.9, "model_wrong")
    review = LabelReviewRows("benchmark", (row,), 0, counts, share, share, share)
    (written,) = build_summary(example_report(label_noise=(review,)))["label_noise"]
    expected = KEPT["properties"]["label_noise"]["items"]
    assert list(written) == expected["required"] == list(expected["properties"])
    assert (written["n"], written["n_looked"], written["model_wrong"]) == (1, 1, 1)


def loosely(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what only a person can add: limits and descriptions."""
    kept = {
        name: one
        for name, one in schema.items()
        if name not in ("minimum", "maximum", "description")
    }
    if "enum" in kept:
        kept["enum"] = sorted(kept["enum"])
    return {
        name: {key: loosely(one) for key, one in part.items()} if name == "properties" else part
        for name, part in kept.items()
    }
