from fieldcheck.project import cache
from fieldcheck.project import cache as pictures
from fieldcheck.project.connection import open_for_writing


def test_pictures_are_kept_by_frame(tmp_path):
    db = open_for_writing(tmp_path / "cache.db", "NORMAL")
    assert cache.create_tables(db)
    pictures.put_pictures(db, [("a", b"jpeg", b"look")])
    pictures.put_packed_looks(db, {"b": b"other"})
    assert pictures.read_thumbnails(db, ["a", "b", "c"]) == [("a", b"jpeg")]
    assert sorted(pictures.read_looks(db, ["a", "b", "c"])) == [("a", b"look"), ("b", b"other")]
    assert pictures.read_looks(db, []) == []
    db.close()
