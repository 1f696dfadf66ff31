from fieldcheck.domain.shift import FollowedShift, SampledResult, ShiftStatistics
from fieldcheck.ui.screens.monitor.session import MonitorSession

DAYS = [f"2026-11-{day:02d}T06:00:00+01:00" for day in range(1, 6)]
STATES = ("healthy", "alarm", "diagnose", "alarm", "healthy")


def loaded(notes=()):
    session = MonitorSession()
    shifts = [FollowedShift(began, 100, state, 9) for began, state in zip(DAYS, STATES, strict=True)]
    sampled = tuple(SampledResult("2026-11-01T06:10:00+01:00", "a", at / 10) for at in range(9, 0, -1))
    figures = {one: ShiftStatistics(one, 3, {"a": 3}, {"a": 0.9}, {}, histogram={"a": (1, 2)}, sampled=sampled) for one in DAYS}
    session.load(shifts, figures, dict.fromkeys(notes, "lamp"))
    return session


def test_it_begins_at_the_newest_alarm_that_nobody_has_looked_at():
    assert loaded().at == 3
    assert loaded(DAYS[3:4]).at == 4


def test_n_goes_from_alarm_to_alarm_and_steps_end_at_the_ends():
    session = loaded()
    session.next_alarm()
    assert session.at == 1
    session.next_alarm()
    assert session.at == 3
    session.choose(99)
    assert session.at == 4
    session.choose(-1)
    assert session.at == 0


def test_the_usual_histogram_is_of_the_healthy_shifts_before():
    session = loaded()
    session.choose(4)
    assert session.usual("a") == (1, 2)
    assert sum(session.usual("b")) == 0
    assert [one.confidence for one in session.listed()] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_the_same_list_keeps_the_shift_that_is_looked_at_and_an_empty_one_has_none():
    session = loaded()
    session.choose(2)
    session.load(session.shifts, session.figures, {DAYS[2]: ""})
    assert session.at == 2
    session.load((), {}, {})
    assert (session.shift, session.statistics, session.listed()) == (None, None, ())


def test_a_class_or_a_mark_that_was_clicked_is_listed_first_until_another_shift_is_looked_at():
    session = loaded()
    session.choose_class("b")
    assert session.listed() == ()
    session.choose_class("b")
    session.pick(2, 0)
    assert (session.at, [one.confidence for one in session.listed()]) == (2, [0.9, 0.1, 0.2, 0.3, 0.4])
    session.choose(3)
    assert (session.picked, session.listed()[0].confidence) == (None, 0.1)
