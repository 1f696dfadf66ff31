from fieldcheck.domain.pick import Mark
from fieldcheck.project import edits
from fieldcheck.project.tables import marks


def test_a_mark_comes_back_and_no_mark_is_a_blank_one(db):
    mark = Mark("a", person=True, by="K. M.")
    edits.apply(db, "mark.set", [marks.row(mark)])
    assert marks.get(db, "a") == mark
    assert marks.all(db) == {"a": mark}
    assert marks.get(db, "b") == Mark("b")
    edits.apply(db, "mark.set", deletes=[marks.key("a")])
    assert marks.all(db) == {}
