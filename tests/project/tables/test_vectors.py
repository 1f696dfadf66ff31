from fieldcheck.project import cache
from fieldcheck.project.connect import writing
from fieldcheck.project.tables import vectors


def test_vectors_are_kept_by_what_made_them_and_by_picture(tmp_path):
    db = writing(tmp_path / "cache.db", "NORMAL")
    assert cache.make(db)
    assert vectors.source(db, "m1") == []
    vectors.put(db, "m1", "pool", {"a": b"one", "b": b"two"})
    vectors.put(db, "m2", "", {"a": b"other"})
    assert sorted(vectors.get(db, "m1", ["a", "b", "c"])) == [("a", b"one"), ("b", b"two")]
    assert vectors.get(db, "m2", ["a"]) == [("a", b"other")]
    assert (vectors.source(db, "m1"), vectors.source(db, "m2")) == (["pool"], [""])
    vectors.put(db, "m1", "pool", {"a": b"again"})
    assert vectors.get(db, "m1", ["a"]) == [("a", b"again")]
    db.close()
