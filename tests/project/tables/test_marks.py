from fieldcheck.domain.label import ReviewRequest
from fieldcheck.project import undo
from fieldcheck.project.tables import labels


def test_a_mark_comes_back_and_no_mark_is_a_blank_one(db):
    mark = ReviewRequest("a", person=True, by="K. M.")
    undo.apply_edit(db, "mark.set", [labels.make_mark_row(mark)])
    assert labels.get_mark(db, "a") == mark
    assert labels.list_marks(db) == {"a": mark}
    assert labels.get_mark(db, "b") == ReviewRequest("b")
    undo.apply_edit(db, "mark.set", deletes=[labels.make_mark_key("a")])
    assert labels.list_marks(db) == {}
