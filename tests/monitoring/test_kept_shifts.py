from fieldcheck.domain.shift import ShiftStatistics
from fieldcheck.models.store import find_model
from fieldcheck.monitoring.shifts import delete_shifts, load_shifts, store_shifts
from tests.makers import SHIFTS_OVER as NOW

EARLY, LATE = "2026-11-02T06:00:00+01:00", "2026-11-02T14:00:00+01:00"


def one(began, n):
    return ShiftStatistics(began, n, {"red": n}, {"red": 0.9}, {})


def test_sources_of_a_shift_are_joined_and_what_comes_again_is_replaced(empty):
    model = find_model(empty)
    store_shifts(empty, model, (one(LATE, 5), one(EARLY, 7)), "", NOW)
    store_shifts(empty, model, (one(EARLY, 1),), "clip.avi", NOW)
    store_shifts(empty, model, (one(EARLY, 2),), "clip.avi", NOW)
    expected = [(EARLY, 9), (LATE, 5)]
    assert [(began, found.n) for began, found in load_shifts(empty, model).items()] == expected


def test_a_shift_is_forgotten_with_all_its_sources(empty):
    model = find_model(empty)
    store_shifts(empty, model, (one(EARLY, 7), one(LATE, 5)), "", NOW)
    store_shifts(empty, model, (one(EARLY, 1),), "clip.avi", NOW)
    delete_shifts(empty, model, (EARLY,))
    assert tuple(load_shifts(empty, model)) == (LATE,)
