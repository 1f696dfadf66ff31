from dataclasses import replace
from datetime import datetime

from fieldcheck.domain.shift import ShiftRetention
from fieldcheck.models.store import find_model
from fieldcheck.monitoring import alarm_retention
from fieldcheck.monitoring.alarm_retention import (
    drop_old_shifts,
    get_retention,
    restore_from_copy,
    set_retention,
    store_alarm_frames,
)
from fieldcheck.monitoring.log_monitor import compute_followed_shifts, load_model_shifts
from fieldcheck.monitoring.shifts import store_shifts
from fieldcheck.progress import NullProgress
from tests.makers import SHIFTS_OVER as NOW
from tests.monitoring.test_monitor_days import log, taken


def test_shifts_older_than_the_weeks_asked_for_are_dropped_also_later_and_those_with_kept_frames_stay(
    empty, tmp_path
):
    assert get_retention(empty) == ShiftRetention(0, 200)
    taken(empty, log(tmp_path / "a.csv", shifts=27, per_shift=10))
    begun = [one.began for one in compute_followed_shifts(empty)]
    assert drop_old_shifts(empty, None, NOW).n == 0
    store_alarm_frames(empty, begun[1], None, NullProgress(), NOW)
    found = set_retention(empty, ShiftRetention(1, 200), None, begun[-1])
    assert (found.n, found.spared, found.first, found.last) == (4, 1, begun[0], begun[4])
    assert [one.began for one in compute_followed_shifts(empty)] == [begun[1], *begun[5:]]
    taken(empty, log(tmp_path / "b.csv", shifts=30, per_shift=10, skip=range(27)))
    assert drop_old_shifts(empty, None, compute_followed_shifts(empty)[-1].began).n == 3
    assert get_retention(empty).weeks == 1


def test_the_oldest_go_where_shifts_take_more_room_than_asked_for_and_the_newest_stays(
    empty, tmp_path, monkeypatch
):
    monkeypatch.setattr(alarm_retention, "MB", 1000)
    taken(empty, log(tmp_path / "a.csv", shifts=9, per_shift=10))
    last = compute_followed_shifts(empty)[-1].began
    found = set_retention(empty, ShiftRetention(0, 12), None, NOW)
    left = [one.began for one in compute_followed_shifts(empty)]
    assert 0 < found.n < 9
    assert left == sorted(left, key=datetime.fromisoformat)
    assert left[-1] == last
    assert set_retention(empty, ShiftRetention(0, 1), None, NOW).n == len(left) - 1


def test_a_shift_of_the_future_ages_none_of_the_others(empty, tmp_path):
    """As an earlier version let one in."""
    taken(empty, log(tmp_path / "a.csv", shifts=27, per_shift=10))
    last = compute_followed_shifts(empty)[-1].began
    late = replace(load_model_shifts(empty)[last], began="2099-01-01T06:00:00+00:00")
    store_shifts(empty, find_model(empty), [late], "", NOW)
    assert set_retention(empty, ShiftRetention(2, 200), None, last).n == 0
    assert drop_old_shifts(empty, None, last, days=14).n == 0
    assert len(compute_followed_shifts(empty)) == 28


def test_what_is_dropped_is_copied_before_and_can_be_restored(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=36))
    before, last = load_model_shifts(empty), compute_followed_shifts(empty)[-1].began
    found = drop_old_shifts(empty, None, last, days=7)
    (copy,) = found.copies
    assert found.n == 36 - 22
    assert (len(compute_followed_shifts(empty)), (empty.path / copy).is_file()) == (22, True)
    set_retention(empty, ShiftRetention(1, 1), None, NOW)
    assert len(compute_followed_shifts(empty)) < 22
    assert restore_from_copy(empty, empty.path / copy, None, NOW) == 36 - 22
    assert restore_from_copy(empty, empty.path / copy, None, NOW) == 0
    assert drop_old_shifts(empty, None, NOW).n == 0, "all shifts are kept from now on"
    assert {began: before[began] for began in load_model_shifts(empty)} == load_model_shifts(empty)
