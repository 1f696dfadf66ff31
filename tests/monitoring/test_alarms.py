import pytest

from fieldcheck.domain.shift import CameraShift, HealthFinding, ShiftStatistics
from fieldcheck.errors.labels import ShiftUnknown
from fieldcheck.models.store import find_model
from fieldcheck.monitoring.alarm_retention import drop_old_shifts
from fieldcheck.monitoring.log_monitor import (
    AlarmKey,
    close_alarms,
    close_camera_alarm,
    compute_followed_shifts,
    reset_alarms,
    take_new_alarms,
)
from fieldcheck.monitoring.shifts import store_shifts
from fieldcheck.project.tables.project_state import read_project_status
from tests.makers import SHIFTS_OVER as NOW
from tests.monitoring.test_monitor_days import log, taken


def test_an_alarm_is_told_once_also_where_the_newest_shift_is_only_being_diagnosed(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", fallen_from=9))
    began = compute_followed_shifts(empty)[9].began
    assert compute_followed_shifts(empty)[-1].state == "diagnose"
    assert take_new_alarms(empty, None, NOW) == (AlarmKey(began),)
    assert take_new_alarms(empty, None, NOW) == ()
    reset_alarms(empty, [AlarmKey(began)], None)
    assert take_new_alarms(empty, None, NOW) == (AlarmKey(began),)


def test_the_project_counts_the_alarms_that_wait_for_somebody_to_look(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=36, fallen_from=9))
    assert empty.read(read_project_status).n_alarms == 1
    close_alarms(empty, compute_followed_shifts(empty)[-1].began, "", None, NOW)
    assert empty.read(read_project_status).n_alarms == 0
    assert take_new_alarms(empty, None, NOW) == ()


def test_an_alarm_that_was_forgotten_waits_no_longer(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=36, fallen_from=9))
    drop_old_shifts(empty, None, NOW, days=7)
    assert empty.read(read_project_status).n_alarms == 0


def test_each_camera_is_looked_at_by_itself(empty):
    began = "2026-11-02T06:00:00+01:00"
    cameras = tuple(
        CameraShift(name, 9, {}, 0.0, "", "", (HealthFinding(name, "frozen", "failed", 9.0),))
        for name in ("left", "right")
    )
    store_shifts(
        empty,
        find_model(empty),
        [ShiftStatistics(began, 5, {"red": 5}, {"red": 0.9}, {}, cameras=cameras)],
        "",
        NOW,
    )
    actual = take_new_alarms(empty, None, NOW)
    assert actual == (AlarmKey(began, "left", "frozen"), AlarmKey(began, "right", "frozen"))
    with pytest.raises(ShiftUnknown):
        close_camera_alarm(empty, began, "middle", "", None, NOW)
    for name, waiting in (("left", 1), ("right", 0)):
        close_camera_alarm(empty, began, name, "cable", None, NOW)
        assert empty.read(read_project_status).n_alarms == waiting
