from datetime import datetime, timedelta

import pytest

from fieldcheck.domain.shift import ShiftStatistics
from fieldcheck.models.store import add_model, find_model
from fieldcheck.monitoring.shifts import get_log_days, list_other_epochs, store_shifts
from tests import makers
from tests.makers import SHIFTS_OVER as NOW

FIRST = datetime.fromisoformat("2026-10-01T06:00:00+01:00")


def days(*numbers):
    return [
        ShiftStatistics((FIRST + timedelta(days=at)).isoformat(), 5, {"red": 5}, {"red": 0.9}, {})
        for at in numbers
    ]


def test_another_model_is_another_epoch_and_of_one_model_there_is_none(empty, tmp_path):
    store_shifts(empty, find_model(empty), days(0, 1, 2), "", NOW)
    assert list_other_epochs(empty) == ()
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    store_shifts(empty, find_model(empty), days(3), "", NOW)
    (before,) = list_other_epochs(empty)
    assert (before.model, before.n_shifts) == ("net", 3)
    assert (before.first[:10], before.last[:10]) == ("2026-10-01", "2026-10-03")
    (after,) = list_other_epochs(empty, "net")
    assert (after.n_shifts, after.card_changed) == (1, False)


def test_another_card_of_the_same_model_is_an_epoch_too(empty):
    model = find_model(empty)
    changed = "UPDATE model SET card = json_set(card, '$.embedding', 'b') WHERE sha256 = ?"
    empty.write(lambda db: db.execute(changed, [model.sha256])).result()
    store_shifts(empty, model, days(0), "", NOW)
    (before,) = list_other_epochs(empty)
    assert before.card_changed


@pytest.mark.parametrize(
    ("batches", "reach"),
    [
        ([], None),
        ([range(42)], 42.0),
        ([range(41)], 41.0),
        ([range(21), range(21, 42)], 21.0),
        ([[*range(20), *range(30, 42)]], 20.0),
        ([[3]], 0.0),
    ],
)
def test_a_log_is_as_old_as_it_reached_back_when_it_was_taken_in(empty, batches, reach):
    for number, batch in enumerate(batches):
        store_shifts(
            empty, find_model(empty), days(*batch), "", f"2026-11-27T12:00:0{number}+01:00"
        )
    assert get_log_days(empty) == reach


def test_footage_is_no_log(empty):
    store_shifts(empty, find_model(empty), days(*range(50)), "clip.avi", NOW)
    assert get_log_days(empty) is None
