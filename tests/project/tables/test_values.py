from dataclasses import dataclass
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from fieldcheck.domain.items import Filter, SavedSlice
from fieldcheck.domain.label import Box, Point
from fieldcheck.project import undo
from fieldcheck.project.tables import labels, values
from fieldcheck.project.tables.values import (
    BOXES,
    FILE_PATH,
    KEYS,
    NAMES,
    REAL,
    Key,
    RowMapper,
    TableRow,
    UnfitValue,
)
from fieldcheck.safe_json_yaml import InvalidDocument
from tests.project.made import label


@given(st.integers(0, 2**64 - 1))
def test_64_bits_survive_as_a_signed_number(bits):
    stored = values.to_signed(bits)
    assert -(2**63) <= stored < 2**63
    assert values.from_signed(stored) == bits


def test_nan_and_unknown_are_null():
    assert values.to_real(nan) is None
    assert values.to_real(None) is None
    assert values.to_real(np.float32(0.5)) == 0.5
    assert isnan(values.from_real(None))
    assert values.from_real(0.5) == 0.5


def test_a_flag_may_be_unknown():
    expected = [True, False, None]
    assert [values.from_flag(values.to_flag(one)) for one in (True, False, None)] == expected


def test_the_same_value_gives_the_same_text():
    text = values.to_json({"b": 1, "a": "ü"})
    assert text == values.to_json({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'


def test_what_is_no_json_is_named():
    with pytest.raises(values.UnfitValue, match=r"clip\.conditions"):
        values.from_json("[", "clip.conditions")


def test_vectors_are_little_endian_float32():
    assert values.to_blob(np.array([1.0], ">f4")) == b"\x00\x00\x80\x3f"


def test_a_blob_must_fit_its_shape():
    blob = values.to_blob(np.arange(6, dtype=np.float32))
    np.testing.assert_array_equal(values.from_blob(blob, (2, 3), "x"), np.arange(6).reshape(2, 3))
    for shape in ((5,), (2, 4), (-1,), (-2, -3), (2**40, 2**40)):
        with pytest.raises(values.UnfitValue):
            values.from_blob(blob, shape, "x")


@pytest.mark.parametrize("place", [
    "../x", "/etc/passwd", "a/../../x", r"\\\\server\\share\\m.onnx", "C:m.onnx",
    "http://127.0.0.1/m.onnx",
])  # fmt: skip
def test_a_strangers_row_names_no_file_outside_the_project(place):
    with pytest.raises(values.UnfitValue):
        values.from_place(place, "model.file")
    with pytest.raises(values.UnfitValue):
        values.from_id(place, "frame.frame_id")


def test_places_and_ids_of_ours_are_kept():
    expected = ["", "models/a/a.onnx"]
    assert [values.from_place(place, "") for place in ("", "models/a/a.onnx")] == expected
    assert values.from_id("rec-000015", "") == "rec-000015"


def test_every_edit_table_has_the_key_it_is_known_by(db):
    for table, key in KEYS.items():
        actual = db.execute("SELECT name FROM pragma_table_info(?) WHERE pk", [table]).fetchall()
        assert actual == [(key,)]


def test_a_row_knows_its_key():
    assert values.make_setting_row("site", 1).key == Key("setting", "site")


def test_a_row_is_there_after_it_was_put_and_gone_after_it_was_removed(db):
    row = labels.make_label_row(label("a"))
    assert values.get_row(db, row.key) is None
    values.put_row(db, row)
    assert values.get_row(db, row.key) == row.values
    values.remove_row(db, row.key)
    assert values.get_row(db, row.key) is None


def test_a_row_of_another_version_does_not_fit(db):
    row = labels.make_label_row(label("a"))
    assert values.is_complete_row(db, row)
    assert not values.is_complete_row(db, TableRow("label", {"frame_id": "a"}))
    assert not values.is_complete_row(db, TableRow("label", {**row.values, "new": 1}))


NIGHT = SavedSlice("night", Filter().with_values("light", "dark").with_range("confidence", 0.5))


def test_a_slice_comes_back_and_is_replaced_under_its_name(db):
    undo.apply_edit(db, "slice.save", [values.make_slice_row(NIGHT)])
    assert values.list_saved_slices(db) == (NIGHT,)
    other = SavedSlice("night", Filter().with_values("camera", "left"))
    undo.apply_edit(db, "slice.save", [values.make_slice_row(other)])
    assert values.list_saved_slices(db) == (other,)
    undo.apply_edit(db, "slice.delete", deletes=[values.make_slice_key("night")])
    assert values.list_saved_slices(db) == ()
    undo.undo_edit(db)
    assert values.list_saved_slices(db) == (other,)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"chosen":{"colour":["red"]},"between":{},"subjects":[]}', '{"chosen":1}']
)
def test_a_filter_that_is_none_is_named(db, text):
    undo.apply_edit(db, "slice.save", [TableRow("slice", {"name": "a", "filter": text})])
    with pytest.raises(UnfitValue, match=r"slice\.filter"):
        values.list_saved_slices(db)


def test_a_setting_nobody_made_is_the_default(db):
    assert values.get_setting(db, "site") is None
    assert values.get_setting(db, "tolerance", 0.05) == 0.05


def test_a_setting_holds_anything_json_can_hold(db):
    value = {"classes": ["ß", "b"], "tolerance": 0.05, "on": True, "none": None}
    undo.apply_edit(db, "settings.set", [values.make_setting_row("all", value)])
    assert values.get_setting(db, "all") == value
    assert values.list_settings(db) == {"all": value}


@pytest.mark.parametrize("value", [10**20, [[-(10**20)]]])
def test_a_number_that_could_not_be_read_back_is_not_written(db, value):
    with pytest.raises(InvalidDocument):
        values.make_setting_row("all", value)


def test_what_a_project_begins_with_is_no_act_and_is_not_overwritten(db):
    values.insert_initial_settings(db, {"site": "Hall 3"})
    values.insert_initial_settings(db, {"site": "Hall 4", "classes": ["a"]})
    assert values.list_settings(db) == {"classes": ["a"], "site": "Hall 3"}
    assert db.execute("SELECT count(*) FROM edit").fetchone()[0] == 0


def test_a_setting_can_be_deleted(db):
    undo.apply_edit(db, "settings.set", [values.make_setting_row("site", "x")])
    undo.apply_edit(db, "settings.clear", deletes=[values.make_setting_key("site")])
    assert values.list_settings(db) == {}


def test_boxes_come_back_with_their_crowd_flag():
    boxes = (Box("dent", 0.1, 2, 3, 4), Box("ß", 1, 1, 0, 0, crowd=True))
    assert values.parse_boxes(values.format_boxes(boxes)) == boxes
    assert values.parse_boxes(values.format_boxes(())) == ()


def test_hidden_and_cut_off_boxes_say_so_and_the_others_are_written_as_ever():
    cut = Box("dent", 1, 2, 3, 4, truncated=True)
    boxes = (Box("dent", 1, 2, 3, 4, occluded=True), cut, Box("dent", 1, 2, 3, 4))
    assert values.parse_boxes(values.format_boxes(boxes)) == boxes
    assert values.format_boxes(boxes[2:]) == '[["dent",1.0,2.0,3.0,4.0,false]]'


def test_points_come_back():
    points = (Point("tip", 0.1, -2),)
    assert values.parse_points(values.format_points(points)) == points


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
    {"words": NAMES, "boxes": BOXES, "file": FILE_PATH, "known": REAL},
    {"by": "by_whom"},
    without=("ahead",),
)
FULL = Visit("a", 3, 0.5, None, True, None, "QM", ("dark", "wet"), (), "frames/a.png", 0.25)


@pytest.fixture
def visits_db():
    made = Database(memory=True)
    made.execute(f"CREATE TABLE visit ({', '.join(VISITS.columns)}, place)")
    return made


def test_each_field_is_the_column_of_its_name_and_comes_back(visits_db):
    VISITS.insert(visits_db, [FULL, Visit("b", 1, 1.0, 2.0, False, True, "")], {"place": 7})
    first, second = VISITS.select(visits_db, "ORDER BY visit_id")
    assert first == FULL
    assert (second.open, second.blind, second.weight) == (False, True, 2.0)
    assert isnan(second.known)
    assert VISITS.get(visits_db, "WHERE visit_id = ?", ["b"]).by == ""
    assert VISITS.get(visits_db, "WHERE visit_id = ?", ["c"]) is None
    assert [row[0] for row in visits_db.execute("SELECT place FROM visit")] == [7, 7]
    visits_db.conn.close()


def test_numbers_of_numpy_are_stored_as_numbers(visits_db):
    visit = Visit("a", np.int64(3), np.float32(0.5), None, np.bool_(True), None, "")
    VISITS.insert(visits_db, [visit])
    row = visits_db.execute("SELECT typeof(n), typeof(share), typeof(open) FROM visit").fetchone()
    assert row == ("integer", "real", "integer")
    visits_db.conn.close()


def test_a_value_that_does_not_fit_is_told_with_its_column(visits_db):
    VISITS.insert(visits_db, [FULL])
    visits_db.execute("UPDATE visit SET file = '../a.png'")
    with pytest.raises(UnfitValue, match=r"visit\.file"):
        VISITS.select(visits_db)
    visits_db.conn.close()


def test_a_row_for_an_edit_holds_every_column():
    row = VISITS.make_row(FULL, place=1)
    assert row.kind == "visit"
    assert set(row.values) == {*VISITS.columns, "place"}
    assert (row.values["by_whom"], row.values["words"]) == ("QM", '["dark","wet"]')
