from dataclasses import replace
from typing import get_args

import pytest

from fieldcheck.domain.shift import (
    ChartPoint,
    DroppedShifts,
    HealthCheck,
    HealthFinding,
    ModelEpoch,
    MonitoredShift,
    OpenAlarm,
    SampledResult,
    SavedAlarmFrames,
    ShiftLabels,
)
from fieldcheck.i18n import language
from fieldcheck.monitoring import messages

CHARTS = (
    ChartPoint("confidence", 0.71, 3.2, 1.31, 1.07, True),
    ChartPoint("class_mix", 1.2, 0.1, 0.02, 1.07, False),
)
SHIFT = MonitoredShift(
    "2026-11-02T06:00:00+01:00", 100, "alarm", 10, CHARTS, "one_class", "check_camera", ("crack",)
)


def test_a_shift_is_one_line_with_local_time_n_and_its_charts():
    assert messages.format_shift(SHIFT) == (
        "2026-11-02 06:00 +0100 · n = 100 · ALARM · ▲ mean confidence 0.71 (z 3.2, EWMA 1.31 of "
        "1.07), class mix 1.20 (z 0.1, EWMA 0.02 of 1.07)"
    )


@pytest.mark.parametrize(
    "cause", ["camera", "picture", "class_mix", "all_classes", "one_class", "new_pictures"]
)
def test_every_cause_has_a_sentence_and_none_orders_a_retrain(cause):
    said = " ".join(messages.list_shift_lines(replace(SHIFT, cause=cause)))
    assert "Do not retrain the model for this alarm." in said
    assert len(said) > 60


def test_candidates_slow_drift_and_learning_are_said():
    said = messages.list_shift_lines(
        replace(
            SHIFT,
            state="learning",
            cause="",
            advice="none",
            candidates=("pore",),
            slow=("class_mix",),
            n_reference=2,
        )
    )
    assert "pore" in said[0]
    assert said[1] == "Slow drift: the last ten shifts differ from the first ten in class mix."
    assert said[2] == "Baseline: 17 shifts remaining."


def test_what_is_odd_about_a_log_is_told():
    assert messages.list_import_lines(720, 12, 0, 0, ()) == ("720 results imported, 12 shifts.",)
    said = messages.list_import_lines(1, 1, 2, 1, ("zebra",))
    assert len(said) == 4
    assert "two clocks" in said[2]


@pytest.mark.parametrize("check", get_args(HealthCheck))
def test_every_fault_of_a_camera_has_a_name_and_a_sentence_with_the_camera(check):
    said = messages.describe_camera_fault(HealthFinding("left", check, "weak", 4.0, other="right"))
    assert "left" in said
    assert "compression" in said
    assert messages.get_check_name(check)
    health_finding = HealthFinding("left", check, "failed", 4.0, other="right")
    assert said.startswith(messages.describe_camera_fault(health_finding))


def test_a_fault_that_came_again_and_again_says_how_often():
    health_finding = HealthFinding("left", "frozen", "failed", 4.0, folded=7180, folded_s=21540.0)
    said = messages.describe_camera_fault(health_finding)
    assert said.endswith("The fault recurred 7,180 times in this shift, for 21,540 s in total.")


def test_what_is_too_little_to_say_anything_is_said():
    for cause in ("no_frames", "few_results"):
        shift = MonitoredShift("2026-11-02T06:00:00+01:00", 3, "watch", 10, cause=cause)
        (line,) = messages.list_shift_lines(shift)
        assert len(line) > 25


def test_the_feature_that_moved_is_named():
    expected = "most in: brightness"
    assert expected in messages.list_shift_lines(replace(SHIFT, cause="picture", feature="mean"))[0]


def test_a_fault_stands_in_the_line_of_its_shift():
    health = (HealthFinding("left", "frozen", "failed", 40.0),)
    faulty = replace(SHIFT, charts=(), cause="camera", health=health)
    assert messages.format_shift(faulty).endswith("ALARM · ⬣ left: image feed frozen")


def test_the_accuracy_of_a_shift_is_left_to_labels_and_their_interval_is_said():
    assert messages.describe_label_plan(ShiftLabels(20, 0.141)) == (
        "The accuracy of a shift is measured by labels, not by confidence: label 20 frames of it "
        "(expected 95% CI ± 14 pp)."
    )


def test_what_the_charts_can_see_is_said_beside_how_alike_shifts_are():
    assert messages.describe_correlation(0.5) == (
        "Correlation of neighbouring shifts φ = 0.50; the limits of the charts allow for it. A "
        "fall of 2 standard deviations is expected to be seen within ten shifts in 9% of cases, "
        "of 3 in 24%."
    )
    assert "in 59% of cases, of 3 in 88%." in messages.describe_correlation(0.0)


def test_what_becomes_of_the_frames_that_were_drawn_is_said():
    drawn = SavedAlarmFrames(SHIFT.began, "shifts/2026-11-02-0600", 20)
    said = messages.describe_label_frames(drawn)
    assert said.startswith("20 random frames of this shift saved to shifts/2026-11-02-0600.")
    assert said.endswith("then label all of them.")
    none = messages.describe_label_frames(replace(drawn, n=0, folder="", missing=20))
    assert none.startswith("No frame saved:")


def test_results_that_repeat_are_said_with_how_many():
    repeated = replace(SHIFT, cause="repeated", advice="check_camera", repeated=1240)
    said = messages.list_shift_lines(repeated)
    assert said[0].startswith("Image feed frozen or predictions repeated: 1,240 results in a row")
    assert said[1].startswith("Check the camera first.")


def test_an_open_alarm_names_its_shift_its_model_and_its_cause():
    said = messages.describe_open_alarm(OpenAlarm("net", replace(SHIFT, cause="new_pictures")))
    expected = (
        "▲ Open alarm, shift of 2 Nov 2026 06:00 (model “net”): not acknowledged. Inputs differ"
    )
    assert said.startswith(expected)


def test_a_sampled_result_is_a_line_and_each_chart_has_a_reading():
    sampled_result = SampledResult("2026-11-02T06:10:00+01:00", "crack", 0.41, "p/0-3.png")
    actual = messages.format_sampled_result(sampled_result)
    assert actual == "06:10:00 crack 0.41 · 0-3.png"
    assert messages.describe_states(["healthy", "alarm", "healthy"]) == "normal: 2, ALARM: 1"
    expected = "Charts start after 20 baseline shifts."
    assert messages.describe_chart("charts", begun=False) == expected
    for code in ("charts", "entropy", "distance"):
        assert messages.get_chart_view_name(code)
        assert messages.describe_chart(code, begun=True)
        assert messages.get_chart_unit(code)


def test_shifts_of_another_model_or_card_are_said_to_stand_apart():
    other = ModelEpoch("net", 12, "2026-11-02T06:00:00+01:00", "2026-11-06T22:00:00+01:00")
    assert "12 shifts (2 Nov 06:00 – 6 Nov 22:00)" in messages.describe_other_epoch(other)
    expected = "use model “net” with another model card"
    assert expected in messages.describe_other_epoch(replace(other, card_changed=True))


def test_a_date_leaves_no_order_of_figures_to_guess():
    with language.use_language("de"):
        assert messages.format_shift_date("2026-03-02T06:05:00+01:00") == "2. März 06:05"


def test_kept_frames_and_dropped_shifts_are_told():
    assert messages.list_retention_lines(None, DroppedShifts()) == ()
    frames = SavedAlarmFrames(SHIFT.began, "alarms/2026-11-02-0600", 18, 2)
    said = messages.list_retention_lines(frames, DroppedShifts(1, SHIFT.began, SHIFT.began))
    assert said == (
        "18 frames saved to alarms/2026-11-02-0600.",
        "2 images not found or unreadable in the folder of the log.",
        "1 old shift deleted (2 Nov 06:00).",
    )
    assert messages.list_retention_lines(
        None, DroppedShifts(2, SHIFT.began, SHIFT.began, 0, ("backups/shifts-0001.jsonl",))
    )[1] == ("A copy is in backups/shifts-0001.jsonl of the project.")
    kept_from_now = " All shifts are retained from now on."
    assert messages.describe_restored_shifts(1) == "1 shift restored." + kept_from_now
    expected = "No shift restored: the project has all of them." + kept_from_now
    assert messages.describe_restored_shifts(0) == expected
    expected = "2 rows lie more than a day in the future and were set aside"
    assert messages.list_import_lines(720, 12, 0, 0, (), 2)[1].startswith(expected)
    frames = SavedAlarmFrames(SHIFT.began, "", 0, 1)
    assert messages.list_retention_lines(frames, DroppedShifts())[0] == "No frame saved."
    expected = ["retain all shifts", "retain 1 week", "retain 6 weeks"]
    assert [messages.get_retention_name(weeks) for weeks in (0, 1, 6)] == expected


def test_new_alarms_are_told_shortly_the_newest_with_its_cause():
    later = replace(SHIFT, began="2026-11-03T06:00:00+01:00", cause="all_classes")
    said = messages.describe_alarms((SHIFT, later))
    assert said.startswith("3 Nov 06:00: Confidence dropped in most classes")
    assert said.endswith("1 more new alarm.")
    assert messages.describe_alarms(()) == ""
