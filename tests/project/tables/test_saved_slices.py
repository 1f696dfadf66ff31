import pytest

from fieldcheck.domain.filter import Filter, SavedSlice
from fieldcheck.project import edits
from fieldcheck.project.tables import saved_slices
from fieldcheck.project.tables.rows import TableRow
from fieldcheck.project.tables.values import UnfitValue

NIGHT = SavedSlice("night", Filter().only("light", "dark").within("confidence", 0.5))


def test_a_slice_comes_back_and_is_replaced_under_its_name(db):
    edits.apply(db, "slice.save", [saved_slices.row(NIGHT)])
    assert saved_slices.all(db) == (NIGHT,)
    other = SavedSlice("night", Filter().only("camera", "left"))
    edits.apply(db, "slice.save", [saved_slices.row(other)])
    assert saved_slices.all(db) == (other,)
    edits.apply(db, "slice.delete", deletes=[saved_slices.key("night")])
    assert saved_slices.all(db) == ()
    edits.undo(db)
    assert saved_slices.all(db) == (other,)


@pytest.mark.parametrize("text", ["{", "[]", '{"chosen":{"colour":["red"]},"between":{},"subjects":[]}', '{"chosen":1}'])
def test_a_filter_that_is_none_is_named(db, text):
    edits.apply(db, "slice.save", [TableRow("slice", {"name": "a", "filter": text})])
    with pytest.raises(UnfitValue, match=r"slice\.filter"):
        saved_slices.all(db)
