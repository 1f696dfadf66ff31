from fieldcheck.domain.shift import MonitoredShift, SampledResult, ShiftStatistics
from fieldcheck.ui.screens.monitor.charts import MonitorState

DAYS = [f"2026-11-{day:02d}T06:00:00+01:00" for day in range(1, 6)]
STATES = ("healthy", "alarm", "diagnose", "alarm", "healthy")


def loaded(notes=()):
    session = MonitorState()
    shifts = [
        MonitoredShift(began, 100, state, 9) for began, state in zip(DAYS, STATES, strict=True)
    ]
    sampled = tuple(
        SampledResult("2026-11-01T06:10:00+01:00", "a", at / 10) for at in range(9, 0, -1)
    )
    figures = {
        one: ShiftStatistics(
            one, 3, {"a": 3}, {"a": 0.9}, {}, histogram={"a": (1, 2)}, sampled=sampled
        )
        for one in DAYS
    }
    session.load_shifts(shifts, figures, dict.fromkeys(notes, "lamp"))
    return session


def test_it_begins_at_the_newest_alarm_that_nobody_has_looked_at():
    assert loaded().index == 3
    assert loaded(DAYS[3:4]).index == 4


def test_n_goes_from_alarm_to_alarm_and_steps_end_at_the_ends():
    session = loaded()
    session.select_next_alarm()
    assert session.index == 1
    session.select_next_alarm()
    assert session.index == 3
    session.select_shift(99)
    assert session.index == 4
    session.select_shift(-1)
    assert session.index == 0


def test_the_usual_histogram_is_of_the_healthy_shifts_before():
    session = loaded()
    session.select_shift(4)
    assert session.get_reference_histogram("a") == (1, 2)
    assert sum(session.get_reference_histogram("b")) == 0
    assert [one.confidence for one in session.list_results()] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_the_same_list_keeps_the_shift_that_is_looked_at_and_an_empty_one_has_none():
    session = loaded()
    session.select_shift(2)
    session.load_shifts(session.shifts, session.figures, {DAYS[2]: ""})
    assert session.index == 2
    session.load_shifts((), {}, {})
    assert (session.shift, session.statistics, session.list_results()) == (None, None, ())


def test_a_class_or_a_mark_that_was_clicked_is_listed_first_until_another_shift_is_looked_at():
    session = loaded()
    session.choose_class("b")
    assert session.list_results() == ()
    session.choose_class("b")
    session.select_sample(2, 0)
    assert session.index == 2
    assert [one.confidence for one in session.list_results()] == [0.9, 0.1, 0.2, 0.3, 0.4]
    session.select_shift(3)
    assert (session.picked, session.list_results()[0].confidence) == (None, 0.1)
