from datetime import datetime

from fieldcheck.domain.shift import ShiftRetention
from fieldcheck.progress import Silent
from fieldcheck.workflows.days import retention
from fieldcheck.workflows.days.keep_frames import keep_frames
from fieldcheck.workflows.days.monitor import followed
from fieldcheck.workflows.days.retention import drop_old, retention_of, set_retention
from tests.makers import NOW
from tests.workflows.days.test_monitor import log, taken


def test_shifts_older_than_the_weeks_asked_for_are_dropped_also_later_and_those_with_kept_frames_stay(empty, tmp_path):
    assert retention_of(empty) == ShiftRetention(0, 200)
    taken(empty, log(tmp_path / "a.csv", shifts=27, per_shift=10))
    begun = [one.began for one in followed(empty)]
    assert drop_old(empty, None, NOW).n == 0
    keep_frames(empty, begun[1], None, Silent(), NOW)
    found = set_retention(empty, ShiftRetention(1, 200), None, NOW)
    assert (found.n, found.spared, found.first, found.last) == (4, 1, begun[0], begun[4])
    assert [one.began for one in followed(empty)] == [begun[1], *begun[5:]]
    taken(empty, log(tmp_path / "b.csv", shifts=30, per_shift=10, skip=range(27)))
    assert (drop_old(empty, None, NOW).n, retention_of(empty).weeks) == (3, 1)


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
