from fieldcheck.project import cache
from fieldcheck.project.connect import writing
from fieldcheck.project.tables import pictures


def test_pictures_are_kept_by_frame(tmp_path):
    db = writing(tmp_path / "cache.db", "NORMAL")
    assert cache.make(db)
    pictures.put(db, [("a", b"jpeg", b"look")])
    pictures.put_looks(db, {"b": b"other"})
    assert pictures.thumbnails(db, ["a", "b", "c"]) == [("a", b"jpeg")]
    assert sorted(pictures.looks(db, ["a", "b", "c"])) == [("a", b"look"), ("b", b"other")]
    assert pictures.looks(db, []) == []
    db.close()
