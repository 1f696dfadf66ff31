from fieldcheck.analyses.monitor import load_monitored_shifts
from fieldcheck.models.store import add_model
from fieldcheck.monitoring.log_monitor import close_alarms
from tests import makers
from tests.makers import NOW
from tests.monitoring.test_monitor_days import log, taken


def test_the_shifts_of_the_newest_model_stand_in_the_report_and_those_of_others_apart(
    empty, tmp_path
):
    assert load_monitored_shifts(empty) is None
    taken(empty, log(tmp_path / "a.csv", fallen_from=9))
    found = load_monitored_shifts(empty)
    assert [one.state for one in found.shifts[9:]] == ["alarm", "diagnose", "diagnose"]
    assert (found.model, found.no_accuracy) == ("net", "no_labels")
    assert (found.others, found.log_days) == ((), 4.0)
    assert found.waiting == (found.shifts[9].began,)
    close_alarms(empty, found.shifts[9].began, "lamp", None, NOW)
    assert load_monitored_shifts(empty).notes == {found.shifts[9].began: "lamp"}
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    found = load_monitored_shifts(empty)
    assert (found.shifts, found.others[0].n_shifts) == ((), 12)
