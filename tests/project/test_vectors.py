from fieldcheck.project import cache
from fieldcheck.project import cache as vectors
from fieldcheck.project.connection import open_for_writing


def test_vectors_are_kept_by_what_made_them_and_by_picture(tmp_path):
    db = open_for_writing(tmp_path / "cache.db", "NORMAL")
    assert cache.create_tables(db)
    assert vectors.get_tensor_source(db, "m1") == []
    vectors.put_packed_vectors(db, "m1", "pool", {"a": b"one", "b": b"two"})
    vectors.put_packed_vectors(db, "m2", "", {"a": b"other"})
    expected = [("a", b"one"), ("b", b"two")]
    assert sorted(vectors.get_packed_vectors(db, "m1", ["a", "b", "c"])) == expected
    assert vectors.get_packed_vectors(db, "m2", ["a"]) == [("a", b"other")]
    assert vectors.get_tensor_source(db, "m1") == ["pool"]
    assert vectors.get_tensor_source(db, "m2") == [""]
    vectors.put_packed_vectors(db, "m1", "pool", {"a": b"again"})
    assert vectors.get_packed_vectors(db, "m1", ["a"]) == [("a", b"again")]
    db.close()
