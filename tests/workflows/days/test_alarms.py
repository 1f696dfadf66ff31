from fieldcheck.project.tables.project_status import project_status
from fieldcheck.workflows.days.alarms import AlarmKey, tell_again, tell_once
from fieldcheck.workflows.days.monitor import acknowledge, followed, forget_old
from tests.makers import NOW
from tests.workflows.days.test_monitor import log, taken


def test_an_alarm_is_told_once_also_where_the_newest_shift_is_only_being_diagnosed(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", fallen_from=9))
    began = followed(empty)[9].began
    assert followed(empty)[-1].state == "diagnose"
    assert tell_once(empty, None, NOW) == (AlarmKey(began),)
    assert tell_once(empty, None, NOW) == ()
    tell_again(empty, [AlarmKey(began)], None)
    assert tell_once(empty, None, NOW) == (AlarmKey(began),)


def test_the_project_counts_the_alarms_that_wait_for_somebody_to_look(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=36, fallen_from=9))
    assert empty.read(project_status).n_alarms == 1
    acknowledge(empty, followed(empty)[-1].began, "", None, NOW)
    assert empty.read(project_status).n_alarms == 0
    assert tell_once(empty, None, NOW) == ()


def test_an_alarm_that_was_forgotten_waits_no_longer(empty, tmp_path):
    taken(empty, log(tmp_path / "a.csv", shifts=36, fallen_from=9))
    forget_old(empty, 7, None, NOW)
    assert empty.read(project_status).n_alarms == 0
