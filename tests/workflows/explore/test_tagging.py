import pytest

from fieldcheck.domain.filter import Filter
from fieldcheck.project.tables import tags as tags_table
from fieldcheck.workflows.explore.tagging import delete_slice, save_slice, set_tags
from fieldcheck.workflows.report.slicing import saved_slices

NIGHT = Filter().only("light", "dark")


def test_tags_are_put_on_and_taken_off_as_one_act(empty):
    set_tags(empty, ["a", "benchmark:x.png"], add=["oily", " dark "])
    assert empty.read(tags_table.all) == {"a": ("dark", "oily"), "benchmark:x.png": ("dark", "oily")}
    set_tags(empty, ["a"], add=["new"], take=["dark", "oily"])
    assert empty.read(tags_table.all)["a"] == ("new",)
    set_tags(empty, ["a"], take=["new"])
    assert "a" not in empty.read(tags_table.all)
    empty.undo()
    assert empty.read(tags_table.all)["a"] == ("new",)


def test_a_tag_of_nothing_is_no_tag(empty):
    assert not set_tags(empty, ["a"], add=["  "]).kinds


def test_a_slice_is_saved_replaced_and_taken_away(empty):
    save_slice(empty, " night ", NIGHT)
    assert [(one.name, one.wanted) for one in saved_slices(empty)] == [("night", NIGHT)]
    save_slice(empty, "night", NIGHT.only("camera", "left"))
    delete_slice(empty, "night")
    assert saved_slices(empty) == ()
    empty.undo()
    empty.undo()
    assert saved_slices(empty)[0].wanted == NIGHT
    with pytest.raises(ValueError, match="without a name"):
        save_slice(empty, " ", NIGHT)
