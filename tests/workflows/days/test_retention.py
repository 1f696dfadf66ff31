from dataclasses import replace
from datetime import datetime

from fieldcheck.domain.shift import ShiftRetention
from fieldcheck.progress import Silent
from fieldcheck.workflows.days import retention
from fieldcheck.workflows.days._kept_shifts import keep_shifts
from fieldcheck.workflows.days.keep_frames import keep_frames
from fieldcheck.workflows.days.monitor import followed, shifts_of
from fieldcheck.workflows.days.retention import drop_old, restore, retention_of, set_retention
from fieldcheck.workflows.models.models import find_model
from tests.makers import SHIFTS_OVER as NOW
from tests.workflows.days.test_monitor import log, taken


def test_shifts_older_than_the_weeks_asked_for_are_dropped_also_later_and_those_with_kept_frames_stay(empty, tmp_path):
    assert retention_of(empty) == ShiftRetention(0, 200)
    taken(empty, log(tmp_path / "a.csv", shifts=27, per_shift=10))
    begun = [one.began for one in followed(empty)]
    assert drop_old(empty, None, NOW).n == 0
    keep_frames(empty, begun[1], None, Silent(), NOW)
    found = set_retention(empty, ShiftRetention(1, 200), None, begun[-1])
    assert (found.n, found.spared, found.first, found.last) == (4, 1, begun[0], begun[4])
    assert [one.began for one in followed(empty)] == [begun[1], *begun[5:]]
    taken(empty, log(tmp_path / "b.csv", shifts=30, per_shift=10, skip=range(27)))
    assert (drop_old(empty, None, followed(empty)[-1].began).n, retention_of(empty).weeks) == (3, 1)


def test_the_oldest_go_where_shifts_take_more_room_than_asked_for_and_the_newest_stays(empty, tmp_path, monkeypatch):
    monkeypatch.setattr(retention, "MB", 1000)
    taken(empty, log(tmp_path / "a.csv", shifts=9, per_shift=10))
    last = followed(empty)[-1].began
    found = set_retention(empty, ShiftRetention(0, 12), None, NOW)
    left = [one.began for one in followed(empty)]
    assert 0 < found.n < 9
    assert left == sorted(left, key=datetime.fromisoformat)
    assert left[-1] == last
    assert set_retention(empty, ShiftRetention(0, 1), None, NOW).n == len(left) - 1


def test_a_shift_of_the_future_ages_none_of_the_others(empty, tmp_path):
    """As an earlier version let one in."""
    taken(empty, log(tmp_path / "a.csv", shifts=27, per_shift=10))
    last = followed(empty)[-1].began
    late = replace(shifts_of(empty)[last], began="2099-01-01T06:00:00+00:00")
    keep_shifts(empty, find_model(empty), [late], "", NOW)
    assert set_retention(empty, ShiftRetention(2, 200), None, last).n == 0
    assert drop_old(empty, None, last, days=14).n == 0
    assert len(followed(empty)) == 28


def test_what_is_dropped_is_copied_before_and_can_be_restored(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=36))
    before, last = shifts_of(empty), followed(empty)[-1].began
    found = drop_old(empty, None, last, days=7)
    (copy,) = found.copies
    assert (found.n, len(followed(empty)), (empty.path / copy).is_file()) == (36 - 22, 22, True)
    set_retention(empty, ShiftRetention(1, 1), None, NOW)
    assert len(followed(empty)) < 22
    assert restore(empty, empty.path / copy, None, NOW) == 36 - 22
    assert restore(empty, empty.path / copy, None, NOW) == 0
    assert drop_old(empty, None, NOW).n == 0, "all shifts are kept from now on"
    assert {began: before[began] for began in shifts_of(empty)} == shifts_of(empty)
