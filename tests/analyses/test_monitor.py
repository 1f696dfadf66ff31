from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from fieldcheck import paths
from fieldcheck.analyses import monitor
from fieldcheck.analyses.blocks import Lines, Paragraph, Table
from fieldcheck.domain.shift import (
    ChartPoint,
    HealthFinding,
    ModelEpoch,
    MonitoredShift,
    MonitoringResult,
    OpenAlarm,
    ShiftLabels,
)
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_side, load_scored_sides
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.monitoring.log_monitor import close_alarms, take_new_alarms
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.folder import build_summary
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.stats.camera_interval import plan_half_width
from tests import makers
from tests.makers import NOW
from tests.makers import SHIFTS_OVER as LATER
from tests.monitoring.test_log_monitor import log, taken
from tests.report.example_report import change_report, example_report

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
    "net", SHIFTS, ShiftLabels(20, 0.141), {DAYS[6]: "cable"}, (), (DAYS[8],), 9.0
)


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


def test_each_of_the_newest_shifts_has_its_state_and_none_an_accuracy():
    (table,) = [one for one in blocks(FOUND) if isinstance(one, Table)]
    assert [cell.text for cell in table.rows[0]] == ["9 Nov 06:00", "80", "ALARM"]
    assert [cell.text for cell in table.rows[1]] == ["8 Nov 06:00", "90", "normal"]
    assert "image feed frozen" in table.rows[2][2].text
    assert "label 20 frames of it (expected 95% CI ± 14 pp)." in said(FOUND)


def test_how_alike_shifts_are_that_no_shift_alarmed_and_that_the_model_changed_are_said():
    point = ChartPoint("confidence", 0.9, 0.1, 0.1, 1.0, False, 0.5)
    calm = replace(
        FOUND, shifts=(*SHIFTS[:5], replace(SHIFTS[5], charts=(point,))), waiting=(),
        others=(ModelEpoch("old", 4, DAYS[0], DAYS[3]),),
    )  # fmt: skip
    assert "φ = 0.50" in said(calm)
    assert "No shift raised an alarm." in said(calm)
    assert "4 shifts (1 Nov 06:00 – 4 Nov 06:00) use another model" in said(calm)
    assert "No log imported for model" in said(replace(calm, shifts=()))


def test_an_open_alarm_of_an_earlier_model_stands_in_the_section_and_on_the_first_page():
    line = replace(FOUND, waiting=(), elsewhere=(OpenAlarm("old", SHIFTS[8]),))
    expected = "▲ Open alarm, shift of 9 Nov 2026 06:00 (model “old”): not acknowledged."
    for found in (line, replace(line, shifts=())):
        assert expected in said(found)
        (sentence,) = monitor.list_open_alarm_lines(
            change_report(example_report(), results={"monitor": found})
        )
        assert sentence.startswith(expected)
    both = replace(line, waiting=(DAYS[6],))
    assert [one.model for one in both.open_alarms] == ["net", "old"]


@pytest.mark.long
def test_the_summary_holds_every_shift_and_fits_its_schema():
    found = build_summary(change_report(example_report(), results={"monitor": FOUND}))
    assert found["monitor"]["shifts"][6]["health"][0]["check"] == "frozen"
    jsonschema.validate(
        found, parse_json(paths.get_resource_path("report/summary.schema.json").read_text("utf-8"))
    )


def test_the_report_has_the_shifts_of_the_newest_model_and_others_apart(empty, tmp_path):
    assert monitor.load_monitored_shifts(empty) is None
    taken(empty, log(tmp_path / "a.csv", shifts=24, fallen_from=23))
    found = monitor.load_monitored_shifts(empty)
    assert [one.state for one in found.shifts[22:]] == ["healthy", "alarm"]
    assert (found.model, found.labels.n) == ("net", 20)
    assert (found.others, found.log_days) == ((), 8.0)
    alarm = found.shifts[23]
    assert (found.waiting, found.open_alarms) == ((alarm.began,), (OpenAlarm("net", alarm),))
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    found = monitor.load_monitored_shifts(empty)
    assert (found.shifts, found.others[0].n_shifts) == ((), 24)
    assert found.open_alarms == (OpenAlarm("net", alarm),)
    close_alarms(empty, alarm.began, "lamp", None, NOW)
    assert monitor.load_monitored_shifts(empty).open_alarms == ()


def test_labels_of_a_shift_are_planned_at_the_accuracy_of_those_there_are(empty, drawn):
    assert monitor.plan_shift_labels(empty).half_width == pytest.approx(plan_half_width(20, 1, 0.9))
    makers.label_all(drawn)
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    sides = load_scored_sides(drawn)
    at = sides.field.labelled
    share = np.average(sides.field.sample.right[at], weights=sides.field.scores.weight[at])
    expected = plan_half_width(20, 1, round(float(share), 2))
    assert monitor.plan_shift_labels(drawn) == ShiftLabels(20, expected)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_labels_of_a_shift_are_planned_where_every_label_agrees_or_none(drawn, share):
    """numpy would warn of a model that is right for ever, and the width would be none."""
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    model = find_model(drawn)
    answers, classes = load_field_side(drawn, model).answers, get_card(model).classes
    for pick in drawn.read(labels_table.list_picks):
        called = classes[int(np.argmax(answers[pick.frame_id].answer))]
        other = next(name for name in classes if name != called)
        decision = LabelDecision(called if share else other)
        set_label(drawn, pick.frame_id, decision, annotator="", now=makers.NOW)
    assert load_scored_sides(drawn).field.scores.footage.value == share
    assert 0.05 < monitor.plan_shift_labels(drawn).half_width < 0.2


@pytest.mark.long
def test_an_alarm_of_a_log_is_new_once_for_the_window_and_apart_from_programs(empty, tmp_path):
    path = log(tmp_path / "a.csv", shifts=24, per_shift=60, fallen_from=23)
    found = monitor.import_all_shifts(empty, [path], NullProgress(), LATER)
    assert [one.n for one in found.brought] == [1440]
    assert [one.cause for one in found.alarms] == ["all_classes"]
    assert found.dropped.n == 0
    assert monitor.import_all_shifts(empty, [path], NullProgress(), LATER).alarms == ()
    assert [one.began for one in take_new_alarms(empty, None, LATER)] == [found.alarms[0].began]
