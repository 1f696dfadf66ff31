from dataclasses import replace

import jsonschema
import pytest

from fieldcheck import paths
from fieldcheck.analyses import monitor
from fieldcheck.analyses.blocks import Lines, Paragraph, Table
from fieldcheck.domain.shift import (
    ConfidenceAccuracy,
    HealthFinding,
    ModelEpoch,
    MonitoredShift,
    MonitoringResult,
)
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.monitoring.log_monitor import close_alarms, take_new_alarms
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.folder import build_summary
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.stats.camera_interval import is_at_risk
from tests import makers
from tests.makers import NOW
from tests.makers import SHIFTS_OVER as LATER
from tests.monitoring.test_log_monitor import log, taken
from tests.report.example_report import example_report
from tests.stats.test_camera_interval import regression

DAYS = [f"2026-11-{day:02d}T06:00:00+01:00" for day in range(1, 10)]
FROZEN = HealthFinding("left", "frozen", "failed", 40.0)
SHIFTS = (
    *(MonitoredShift(began, 100, "healthy", 9) for began in DAYS[:6]),
    MonitoredShift(
        DAYS[6], 100, "alarm", 9, cause="camera", advice="check_camera", health=(FROZEN,)
    ),
    MonitoredShift(DAYS[7], 90, "healthy", 9),
    MonitoredShift(DAYS[8], 80, "alarm", 10, cause="new_pictures", advice="look"),
)
FOUND = MonitoringResult(
    "net", SHIFTS, {DAYS[7]: ConfidenceAccuracy(0.82, 0.7, 0.9, True, 20)}, "", {DAYS[6]: "cable"},
    (), (DAYS[8],), 9.0,
)  # fmt: skip


def blocks(found):
    return monitor.build_monitor_section(found).blocks


def said(found):
    return " ".join(one.text for one in blocks(found) if isinstance(one, Paragraph))


def test_without_a_log_the_section_says_so():
    assert "No log of the deployed model" in monitor.build_monitor_section(None).blocks[0].text


def test_faults_of_a_camera_stand_before_newer_alarms_with_what_each_advises():
    assert [one.began for one in monitor.list_newest_alarms(FOUND)] == [DAYS[6], DAYS[8]]
    (listed,) = [one for one in blocks(FOUND) if isinstance(one, Lines)]
    first, second = (line.rest for line in listed.lines)
    assert "image feed frozen" in first
    assert "Check the camera first. Do not retrain the model for this alarm." in first
    assert "Noted: cable" in first
    assert "Inputs differ from the baseline." in second
    assert "Not acknowledged yet." in second
    assert "n = 870 results. normal: 7, ALARM: 2." in said(FOUND)


def test_each_of_the_newest_shifts_has_its_accuracy_with_limits_or_none():
    (table,) = [one for one in blocks(FOUND) if isinstance(one, Table)]
    assert [cell.text for cell in table.rows[0]] == ["9 Nov 06:00", "80", "ALARM", "not available"]
    expected = ["8 Nov 06:00", "90", "normal", "82% (70–90%, 20 clips)"]
    assert [cell.text for cell in table.rows[1]] == expected
    assert "image feed frozen" in table.rows[2][2].text


def test_why_there_is_no_accuracy_that_no_shift_alarmed_and_that_the_model_changed_are_said():
    calm = replace(
        FOUND, shifts=SHIFTS[:6], accuracy={}, no_accuracy="few_clips",
        others=(ModelEpoch("old", 4, DAYS[0], DAYS[3]),),
    )  # fmt: skip
    assert "shift: requires twelve labelled clips" in said(calm)
    assert "No shift raised an alarm." in said(calm)
    assert "4 shifts (1 Nov 06:00 – 4 Nov 06:00) use another model" in said(calm)
    assert "No log imported for model" in said(replace(calm, shifts=()))


def test_the_summary_holds_every_shift_and_fits_its_schema():
    found = build_summary(replace(example_report(), results={"monitor": FOUND}))
    assert found["monitor"]["shifts"][6]["health"][0]["check"] == "frozen"
    jsonschema.validate(
        found, parse_json(paths.get_resource_path("report/summary.schema.json").read_text("utf-8"))
    )


def test_the_report_has_the_shifts_of_the_newest_model_and_others_apart(empty, tmp_path):
    assert monitor.load_monitored_shifts(empty) is None
    taken(empty, log(tmp_path / "a.csv", fallen_from=9))
    found = monitor.load_monitored_shifts(empty)
    assert [one.state for one in found.shifts[9:]] == ["alarm", "diagnose", "diagnose"]
    assert (found.model, found.no_accuracy) == ("net", "no_labels")
    assert (found.others, found.log_days) == ((), 4.0)
    assert found.waiting == (found.shifts[9].began,)
    close_alarms(empty, found.shifts[9].began, "lamp", None, NOW)
    assert monitor.load_monitored_shifts(empty).notes == {found.shifts[9].began: "lamp"}
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    found = monitor.load_monitored_shifts(empty)
    assert (found.shifts, found.others[0].n_shifts) == ((), 12)


def test_without_labels_or_with_few_labelled_clips_the_reason_is_told(empty, labelled, tmp_path):
    assert monitor.estimate_accuracy_by_shift(empty) == ({}, "no_labels")
    taken(labelled, log(tmp_path / "a.csv", shifts=8))
    assert monitor.estimate_accuracy_by_shift(labelled) == ({}, "few_clips")


def test_without_all_answers_or_with_a_detector_the_reason_is_told(drawn, made_boxed, tmp_path):
    makers.label_all(drawn)
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    drawn.write(
        lambda db: db.execute(
            "DELETE FROM prediction WHERE run_id IN (SELECT run_id FROM run WHERE subjects = "
            "'footage')"
        )
    ).result()
    assert monitor.estimate_accuracy_by_shift(drawn) == ({}, "not_run")
    with open_project(made_boxed, write=False) as project:
        assert monitor.estimate_accuracy_by_shift(project) == ({}, "few_clips")


def test_each_sound_shift_with_enough_labels_has_an_interval(labelled, tmp_path, monkeypatch):
    found = regression()
    monkeypatch.setattr("fieldcheck.analyses.monitor.fit_clip_regression", lambda *_: found)
    monkeypatch.setattr(
        "fieldcheck.analyses.monitor.estimate_accuracy_of_all", lambda *_: (None, "")
    )
    taken(labelled, log(tmp_path / "a.csv", shifts=8, fallen_from=7))
    accuracy, reason = monitor.estimate_accuracy_by_shift(labelled)
    assert (len(accuracy), reason) == (8, "")
    usual, *_, fallen = accuracy.values()
    assert fallen.hi < usual.value
    assert 0 <= fallen.lo <= fallen.value <= fallen.hi
    assert fallen.line == pytest.approx(found.value - 0.03)
    actual = [one.at_risk for one in accuracy.values()]
    assert actual == [False] * 7 + [is_at_risk(fallen, fallen.line)]


def test_an_alarm_of_a_log_is_new_once_for_the_window_and_apart_from_programs(empty, tmp_path):
    path = log(tmp_path / "a.csv", shifts=9, per_shift=60, fallen_from=8)
    found = monitor.import_all_shifts(empty, [path], NullProgress(), LATER)
    assert [one.n for one in found.brought] == [540]
    assert [one.cause for one in found.alarms] == ["all_classes"]
    assert (found.dropped.n, found.at_risk, found.accuracy) == (0, "", None)
    assert monitor.import_all_shifts(empty, [path], NullProgress(), LATER).alarms == ()
    assert [one.began for one in take_new_alarms(empty, None, LATER)] == [found.alarms[0].began]
