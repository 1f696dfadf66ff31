import pytest

from fieldcheck.domain.filter import Filter, SavedSlice
from fieldcheck.project import edits
from fieldcheck.project.tables import saved_slices
from fieldcheck.project.tables.rows import TableRow
from fieldcheck.project.tables.values import UnfitValue

NIGHT = SavedSlice("night", Filter().with_values("light", "dark").with_range("confidence", 0.5))


def test_a_slice_comes_back_and_is_replaced_under_its_name(db):
    edits.apply_edit(db, "slice.save", [saved_slices.make_slice_row(NIGHT)])
    assert saved_slices.list_saved_slices(db) == (NIGHT,)
    other = SavedSlice("night", Filter().with_values("camera", "left"))
    edits.apply_edit(db, "slice.save", [saved_slices.make_slice_row(other)])
    assert saved_slices.list_saved_slices(db) == (other,)
    edits.apply_edit(db, "slice.delete", deletes=[saved_slices.make_slice_key("night")])
    assert saved_slices.list_saved_slices(db) == ()
    edits.undo_edit(db)
    assert saved_slices.list_saved_slices(db) == (other,)


@pytest.mark.parametrize("text", ["{", "[]", '{"chosen":{"colour":["red"]},"between":{},"subjects":[]}', '{"chosen":1}'])
def test_a_filter_that_is_none_is_named(db, text):
    edits.apply_edit(db, "slice.save", [TableRow("slice", {"name": "a", "filter": text})])
    with pytest.raises(UnfitValue, match=r"slice\.filter"):
        saved_slices.list_saved_slices(db)
