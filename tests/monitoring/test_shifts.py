import json
from datetime import datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.shift import SAMPLED, ShiftStatistics, combine_shifts
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.models.store import add_model, find_model
from fieldcheck.monitoring.log_monitor import load_model_shifts
from fieldcheck.monitoring.prediction_log import LoggedResult, make_block
from fieldcheck.monitoring.shifts import (
    KEPT,
    ShiftBuilder,
    copy_shifts,
    count_future_shifts,
    delete_shifts,
    get_log_days,
    list_other_epochs,
    load_shifts,
    make_log_source,
    restore_shifts,
    store_shifts,
)
from tests import makers
from tests.makers import SHIFTS_OVER as NOW
from tests.monitoring.test_log_monitor import log
from tests.monitoring.test_log_monitor import taken as imported

FIRST = datetime.fromisoformat("2026-11-02T06:00:00+01:00")


def built(n, **told):
    return taken(
        [
            LoggedResult(
                FIRST + timedelta(seconds=at),
                "ab"[at % 2],
                0.5 + at / (2 * n),
                (float(at % 2), 1.0),
                f"{at}.png",
                **told,
            )
            for at in range(n)
        ]
    )


def taken(results, at_once=999):
    builder = ShiftBuilder(0)
    for first in range(0, len(results), at_once):
        builder.add_results(make_block(results[first : first + at_once]))
    return builder


def test_a_hundred_are_drawn_from_all_of_the_shift_and_the_figures_are_of_all():
    found = built(1000, entropy=0.25).make_statistics("x", None)
    assert (found.n, found.counts, found.entropy) == (1000, {"a": 500, "b": 500}, 0.25)
    assert len(found.sampled) == SAMPLED
    assert [one.at for one in found.sampled] == sorted(one.at for one in found.sampled)
    assert (
        20
        <= sum(one.at >= (FIRST + timedelta(seconds=500)).isoformat() for one in found.sampled)
        <= 80
    )
    assert sum(found.histogram["a"]) == 500
    assert found.sampled == built(1000, entropy=0.25).make_statistics("x", None).sampled


def test_distances_are_measured_from_the_earlier_shifts():
    usual = built(100).make_statistics("x", None)
    assert {round(one.distance, 3) for one in usual.sampled} == {round(0.5**0.5, 3)}
    far = taken([LoggedResult(FIRST, "a", 0.9, (2.5, 1.0))])
    assert far.make_statistics("y", usual).sampled[0].distance == pytest.approx(4 / 2**0.5)


def test_without_embeddings_and_entropies_there_are_none():
    builder = taken([LoggedResult(FIRST, "a", 0.9)])
    found = builder.make_statistics("x", None)
    assert (builder.has_vectors, found.centre) == (False, ())
    assert (found.entropy, found.sampled[0].distance) == (None, None)


def test_the_figures_and_the_draw_do_not_depend_on_how_many_come_at_once():
    results = [
        LoggedResult(FIRST + timedelta(seconds=at), "abc"[at % 3], at / 400, picture=f"{at}.png")
        for at in range(400)
    ]
    assert (
        taken(results, 1).make_statistics("x", None)
        == taken(results, 7).make_statistics("x", None)
        == taken(results).make_statistics("x", None)
    )


@pytest.mark.long
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from((0.5, 0.51234, 0.51235, 1.0))),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 9),
)
def test_the_longest_run_of_repeats_is_that_of_the_results_one_by_one(results, at_once):
    runs = [(key, len(list(run))) for key, run in groupby(results)]
    longest = max((n for (_, sure), n in runs if sure not in (0.5, 1.0)), default=0)
    builder = taken([LoggedResult(FIRST, name, sure) for name, sure in results], at_once)
    assert builder.make_statistics("x", None).repeated == longest


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


def test_a_part_keeps_as_large_a_share_of_its_results_as_the_others():
    both = combine_shifts([built(n).make_statistics(EARLY, None) for n in (120, 360)])
    assert (both.n, len(both.sampled)) == (480, 33 + 100)
    seen = combine_shifts([built(n).make_statistics(EARLY, None) for n in (60, 100)])
    assert len(seen.sampled) == 160


def test_a_shift_is_forgotten_with_all_its_sources(empty):
    model = find_model(empty)
    store_shifts(empty, model, (one(EARLY, 7), one(LATE, 5)), "", NOW)
    store_shifts(empty, model, (one(EARLY, 1),), "clip.avi", NOW)
    delete_shifts(empty, model, (EARLY,))
    assert tuple(load_shifts(empty, model)) == (LATE,)


START = datetime.fromisoformat("2026-10-01T06:00:00+01:00")


def days(*numbers):
    return [
        ShiftStatistics((START + timedelta(days=at)).isoformat(), 5, {"red": 5}, {"red": 0.9}, {})
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


@pytest.mark.parametrize(("batches", "reach"), [
    ([], None),
    ([range(42)], 42.0),
    ([range(41)], 41.0),
    ([range(21), range(21, 42)], 21.0),
    ([[*range(20), *range(30, 42)]], 20.0),
    ([[3]], 0.0),
])  # fmt: skip
def test_a_log_is_as_old_as_it_reached_back_when_it_was_taken_in(empty, batches, reach):
    for number, batch in enumerate(batches):
        now = f"2026-11-27T12:00:0{number}+01:00"
        store_shifts(empty, find_model(empty), days(*batch), "", now)
    assert get_log_days(empty) == reach


def test_logs_that_were_taken_in_together_reach_as_far_as_all_of_them(empty, tmp_path):
    for number in range(3):
        source = make_log_source(tmp_path / f"{number}.csv", "1")
        store_shifts(empty, find_model(empty), days(number, number + 1), source, NOW)
    assert get_log_days(empty) == 4.0


def test_footage_is_no_log(empty):
    store_shifts(empty, find_model(empty), days(*range(50)), "clip.avi", NOW)
    assert get_log_days(empty) is None


@pytest.fixture
def copied(empty, tmp_path):
    """A copy of the first of two shifts."""
    imported(empty, log(tmp_path / "a.csv", shifts=2, per_shift=20))
    model = find_model(empty)
    return empty.path / copy_shifts(empty, model, {next(iter(load_model_shifts(empty)))})


def test_copies_are_numbered_on_and_the_newest_are_kept(empty, copied):
    model = find_model(empty)
    for _ in range(KEPT + 2):
        last = copy_shifts(empty, model, set(load_model_shifts(empty)))
    left = sorted(one.name for one in (empty.path / "backups").glob("shifts-*"))
    assert (len(left), left[-1]) == (KEPT, f"shifts-{KEPT + 3:04d}.jsonl")
    assert last == f"backups/shifts-{KEPT + 3:04d}.jsonl"


def test_a_shift_that_is_there_stays_as_it_is(empty, copied):
    before = load_model_shifts(empty)
    assert restore_shifts(empty, copied) == 0
    assert load_model_shifts(empty) == before


WRONG = {
    "about": ["x", None, 5, "2026-11-02T06:00:00", "2026-11-03T06:00:00+01:00"],
    "found": [
        None, [], {}, {"began": 1}, {"n": -1}, {"counts": {"red": 5}},
        {"confidence": {"red": "0.5"}}, {"sampled": [{"at": 5}]}, {"x": 1},
    ],
    "model_sha256": [None, 5],
    "created": [None, []],
}  # fmt: skip


@pytest.mark.short_cases(4)
@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in WRONG.items() for value in values]
)
def test_what_is_no_copy_is_refused_and_nothing_is_restored(empty, copied, key, value):
    row = json.loads(copied.read_text())
    odd = {
        **row,
        key: {**row["found"], **value}
        if key == "found" and isinstance(value, dict) and value
        else value,
    }
    other = {**row, "about": row["about"].replace("2026-", "2025-")}
    other["found"] = {**row["found"], "began": other["about"].partition("\n")[0]}
    copied.write_text(f"{json.dumps(other)}\n{json.dumps(odd)}\n")
    before = load_model_shifts(empty)
    with pytest.raises(PredictionLogRefused) as refused:
        restore_shifts(empty, copied)
    assert (refused.value.problem, refused.value.detail) == ("copy", "2")
    assert load_model_shifts(empty) == before


@pytest.mark.parametrize(
    "text",
    [
        b"", b"\n", b"{", b"\xff\xfe", b"[" * 100_000, b'{"about": NaN}',
        b"time,prediction,confidence\n",
    ],
)  # fmt: skip
def test_any_other_file_is_refused(empty, tmp_path, text):
    (tmp_path / "a.jsonl").write_bytes(text)
    with pytest.raises(PredictionLogRefused):
        restore_shifts(empty, tmp_path / "a.jsonl")


def test_a_file_that_is_not_there_is_missing(empty, tmp_path):
    with pytest.raises(PathMissing):
        restore_shifts(empty, tmp_path / "none.jsonl")


def test_shifts_that_were_stored_from_the_future_are_set_aside(empty):
    """An earlier version took in what clocks of devices said; a day ahead is another time zone."""
    model = find_model(empty)
    now = FIRST.isoformat()

    def stored(days):
        began = (FIRST + timedelta(days=days)).isoformat()
        store_shifts(empty, model, [built(20).make_statistics(began, None)], "", now)
        return began

    today, zone, ahead = stored(0), stored(0.9), stored(400)
    assert list(load_shifts(empty, model)) == [today, zone]
    assert count_future_shifts(empty, None) == 1
    delete_shifts(empty, model, [ahead])
    assert count_future_shifts(empty, None) == 0
