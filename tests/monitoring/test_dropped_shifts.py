import json

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.models.store import find_model
from fieldcheck.monitoring.log_monitor import load_model_shifts
from fieldcheck.monitoring.shifts import KEPT, copy_shifts, restore_shifts
from tests.monitoring.test_monitor_days import log, taken


@pytest.fixture
def copied(empty, tmp_path):
    """A copy of the first of two shifts."""
    taken(empty, log(tmp_path / "a.csv", shifts=2, per_shift=20))
    return empty.path / copy_shifts(
        empty, find_model(empty), {next(iter(load_model_shifts(empty)))}
    )


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
    other["found"] = {**row["found"], "began": other["about"]}
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
