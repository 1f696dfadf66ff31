import pytest

from fieldcheck.domain.items import Filter, SavedSlice
from fieldcheck.project import undo
from fieldcheck.project.tables import values as settings
from fieldcheck.project.tables.values import TableRow, UnfitValue

NIGHT = SavedSlice("night", Filter().with_values("light", "dark").with_range("confidence", 0.5))


def test_a_slice_comes_back_and_is_replaced_under_its_name(db):
    undo.apply_edit(db, "slice.save", [settings.make_slice_row(NIGHT)])
    assert settings.list_saved_slices(db) == (NIGHT,)
    other = SavedSlice("night", Filter().with_values("camera", "left"))
    undo.apply_edit(db, "slice.save", [settings.make_slice_row(other)])
    assert settings.list_saved_slices(db) == (other,)
    undo.apply_edit(db, "slice.delete", deletes=[settings.make_slice_key("night")])
    assert settings.list_saved_slices(db) == ()
    undo.undo_edit(db)
    assert settings.list_saved_slices(db) == (other,)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"chosen":{"colour":["red"]},"between":{},"subjects":[]}', '{"chosen":1}']
)
def test_a_filter_that_is_none_is_named(db, text):
    undo.apply_edit(db, "slice.save", [TableRow("slice", {"name": "a", "filter": text})])
    with pytest.raises(UnfitValue, match=r"slice\.filter"):
        settings.list_saved_slices(db)
