from dataclasses import dataclass
from math import isnan, nan

import numpy as np
import pytest
from sqlite_utils import Database

from fieldcheck.project.tables.values import BOXES, NAMES, PLACE, REAL, RowMapper, UnfitValue


@dataclass(frozen=True)
class Visit:
    visit_id: str
    n: int
    share: float
    weight: float | None
    open: bool
    blind: bool | None
    by: str
    words: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    file: str = ""
    known: float = nan
    ahead: int = 0


VISITS = RowMapper(
    "visit",
    Visit,
    {"words": NAMES, "boxes": BOXES, "file": PLACE, "known": REAL},
    {"by": "by_whom"},
    without=("ahead",),
)
FULL = Visit("a", 3, 0.5, None, True, None, "QM", ("dark", "wet"), (), "frames/a.png", 0.25)


@pytest.fixture
def db():
    made = Database(memory=True)
    made.execute(f"CREATE TABLE visit ({', '.join(VISITS.columns)}, place)")
    return made


def test_each_field_is_the_column_of_its_name_and_comes_back(db):
    VISITS.insert(db, [FULL, Visit("b", 1, 1.0, 2.0, False, True, "")], {"place": 7})
    first, second = VISITS.select(db, "ORDER BY visit_id")
    assert first == FULL
    assert (second.open, second.blind, second.weight) == (False, True, 2.0)
    assert isnan(second.known)
    assert VISITS.get(db, "WHERE visit_id = ?", ["b"]).by == ""
    assert VISITS.get(db, "WHERE visit_id = ?", ["c"]) is None
    assert [row[0] for row in db.execute("SELECT place FROM visit")] == [7, 7]
    db.conn.close()


def test_numbers_of_numpy_are_stored_as_numbers(db):
    visit = Visit("a", np.int64(3), np.float32(0.5), None, np.bool_(True), None, "")
    VISITS.insert(db, [visit])
    row = db.execute("SELECT typeof(n), typeof(share), typeof(open) FROM visit").fetchone()
    assert row == ("integer", "real", "integer")
    db.conn.close()


def test_a_value_that_does_not_fit_is_told_with_its_column(db):
    VISITS.insert(db, [FULL])
    db.execute("UPDATE visit SET file = '../a.png'")
    with pytest.raises(UnfitValue, match=r"visit\.file"):
        VISITS.select(db)
    db.conn.close()


def test_a_row_for_an_edit_holds_every_column():
    row = VISITS.make_row(FULL, place=1)
    assert row.kind == "visit"
    assert set(row.values) == {*VISITS.columns, "place"}
    assert (row.values["by_whom"], row.values["words"]) == ("QM", '["dark","wet"]')
