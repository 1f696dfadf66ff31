from fieldcheck.analyses.monitor import import_all_shifts
from fieldcheck.monitoring.log_monitor import take_new_alarms
from fieldcheck.progress import NullProgress
from tests.makers import SHIFTS_OVER as NOW
from tests.monitoring.test_monitor_days import log


def test_an_alarm_of_a_log_is_new_once_for_the_window_and_apart_from_programs(empty, tmp_path):
    path = log(tmp_path / "a.csv", shifts=9, per_shift=60, fallen_from=8)
    found = import_all_shifts(empty, [path], NullProgress(), NOW)
    assert [one.n for one in found.brought] == [540]
    assert [one.cause for one in found.alarms] == ["all_classes"]
    assert (found.dropped.n, found.at_risk, found.accuracy) == (0, "", None)
    assert import_all_shifts(empty, [path], NullProgress(), NOW).alarms == ()
    assert [one.began for one in take_new_alarms(empty, None, NOW)] == [found.alarms[0].began]
