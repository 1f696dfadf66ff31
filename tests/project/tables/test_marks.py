from fieldcheck.domain.pick import ReviewRequest
from fieldcheck.project import edits
from fieldcheck.project.tables import marks


def test_a_mark_comes_back_and_no_mark_is_a_blank_one(db):
    mark = ReviewRequest("a", person=True, by="K. M.")
    edits.apply_edit(db, "mark.set", [marks.make_mark_row(mark)])
    assert marks.get_mark(db, "a") == mark
    assert marks.list_marks(db) == {"a": mark}
    assert marks.get_mark(db, "b") == ReviewRequest("b")
    edits.apply_edit(db, "mark.set", deletes=[marks.make_mark_key("a")])
    assert marks.list_marks(db) == {}
