from dataclasses import replace

import jsonschema

from fieldcheck import resources
from fieldcheck.analyses.blocks import Lines, Paragraph, Table
from fieldcheck.analyses.monitor import build_monitor_section, list_newest_alarms
from fieldcheck.domain.shift import (
    ConfidenceAccuracy,
    HealthFinding,
    ModelEpoch,
    MonitoredShift,
    MonitoringResult,
)
from fieldcheck.report.folder import build_summary
from fieldcheck.safe_json import parse_json
from tests.report.example_report import example_report

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
    return build_monitor_section(replace(example_report(), facts={"monitor": found})).blocks


def said(found):
    return " ".join(one.text for one in blocks(found) if isinstance(one, Paragraph))


def test_without_a_log_the_section_says_so():
    assert "No log of the deployed model" in build_monitor_section(example_report()).blocks[0].text


def test_faults_of_a_camera_stand_before_newer_alarms_with_what_each_advises():
    assert [one.began for one in list_newest_alarms(FOUND)] == [DAYS[6], DAYS[8]]
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
        FOUND,
        shifts=SHIFTS[:6],
        accuracy={},
        no_accuracy="few_clips",
        others=(ModelEpoch("old", 4, DAYS[0], DAYS[3]),),
    )
    assert "shift: requires twelve labelled clips" in said(calm)
    assert "No shift raised an alarm." in said(calm)
    assert "4 shifts (1 Nov 06:00 – 4 Nov 06:00) use another model" in said(calm)
    assert "No log imported for model" in said(replace(calm, shifts=()))


def test_the_summary_holds_every_shift_and_fits_its_schema():
    found = build_summary(replace(example_report(), facts={"monitor": FOUND}))
    assert found["monitor"]["shifts"][6]["health"][0]["check"] == "frozen"
    jsonschema.validate(
        found,
        parse_json(resources.get_resource_path("report/summary.schema.json").read_text("utf-8")),
    )
