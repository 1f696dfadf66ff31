import sqlite3
import zlib

import numpy as np
import pytest

from fieldcheck.errors.files import ReadOnlyPlace
from fieldcheck.project import cache
from fieldcheck.project.connection import open_for_writing
from fieldcheck.project.folder import open_project


def look(value):
    return np.full((90, 160), value, np.uint8)


def test_looks_and_thumbnails_come_back_by_frame(project):
    noise = np.random.default_rng(1).integers(0, 256, (90, 160), np.uint8)
    project.cache.put_thumbnails([("a", b"jpeg a", noise), ("b", b"jpeg b", look(7))])
    project.cache.put_looks({"c": look(9)})
    found = project.cache.get_looks(["a", "b", "c", "d"])
    assert sorted(found) == ["a", "b", "c"]
    np.testing.assert_array_equal(found["a"], noise)
    assert project.cache.get_thumbnails(["b", "c"]) == {"b": b"jpeg b"}


def test_more_names_than_fit_one_question_are_asked_in_parts(project):
    project.cache.put_thumbnails((f"f{i}", b"", look(i % 256)) for i in range(1100))
    found = project.cache.get_looks([f"f{i}" for i in range(1200)])
    assert len(found) == 1100
    assert found["f1099"][0, 0] == 1099 % 256


def test_an_empty_cache_holds_nothing(project):
    assert project.cache.get_looks(["a"]) == {}
    assert project.cache.get_thumbnails([]) == {}


def test_a_look_of_another_size_is_refused(project):
    with pytest.raises(ValueError, match="160"):
        project.cache.put_looks({"a": np.zeros((160, 90), np.uint8)})


def test_a_damaged_cache_is_empty_and_is_made_anew_when_something_is_put(project):
    project.cache.put_thumbnails([("a", b"jpeg", look(1))])
    path = project.path
    project.close()
    (path / "cache.db").write_bytes(b"no database at all" * 500)
    with open_project(path) as again:
        assert again.cache.get_looks(["a"]) == {}
        again.cache.put_thumbnails([("b", b"jpeg", look(2))])
        assert sorted(again.cache.get_looks(["a", "b"])) == ["b"]


def test_the_cache_of_a_stranger_is_not_used(project):
    path = project.path
    project.close()
    conn = sqlite3.connect(path / "cache.db")
    conn.execute("CREATE VIEW look AS SELECT 'a' AS frame_id, x'00' AS luma")
    conn.close()
    with open_project(path) as again:
        assert again.cache.get_looks(["a"]) == {}
        again.cache.put_looks({"a": look(3)})
        assert again.cache.get_looks(["a"])["a"][0, 0] == 3


def test_bytes_that_unpack_to_more_than_a_look_are_no_look(project):
    project.cache.put_looks({"a": look(1), "b": look(2), "c": look(3)})
    db = project.cache._db
    db.execute("UPDATE look SET luma = ? WHERE frame_id = 'a'", [zlib.compress(b"\0" * 100)])
    db.execute("UPDATE look SET luma = x'1234' WHERE frame_id = 'b'")
    assert sorted(project.cache.get_looks(["a", "b", "c"])) == ["c"]


def test_a_cache_opened_for_reading_can_only_be_read(project):
    project.cache.put_thumbnails([("a", b"jpeg", look(1))])
    path = project.path
    project.close()
    with open_project(path, write=False) as again:
        assert again.cache.get_thumbnails(["a"]) == {"a": b"jpeg"}
        with pytest.raises(ReadOnlyPlace):
            again.cache.put_looks({"b": look(1)})


def test_a_lost_cache_costs_nothing_but_what_was_in_it(project):
    project.cache.put_thumbnails([("a", b"jpeg", look(1))])
    path = project.path
    project.close()
    (path / "cache.db").unlink()
    with open_project(path) as again:
        assert again.cache.get_looks(["a"]) == {}


def test_another_database_is_told_apart(tmp_path):
    db = open_for_writing(tmp_path / "cache.db", "NORMAL")
    assert cache.create_tables(db)
    assert cache.create_tables(db)
    db.execute("CREATE VIEW more AS SELECT 1")
    assert not cache.create_tables(db)
    assert not cache.has_cache_tables(db)
    db.close()


def test_vectors_come_back_by_what_made_them(project):
    fine, coarse = np.array([0.1, -3e7], np.float32), np.array([0.6, 0.8], np.float16)
    project.cache.put_vectors("statistics", "", {"a": fine})
    project.cache.put_vectors("m1", "pool", {"a": coarse, "b": coarse})
    assert project.cache.get_vectors("statistics", ["a", "b"])["a"].tolist() == fine.tolist()
    found = project.cache.get_vectors("m1", ["a", "b", "c"])
    assert sorted(found) == ["a", "b"]
    assert found["b"].dtype == np.float32
    assert found["b"].tolist() == coarse.astype(np.float32).tolist()
    assert not found["b"].flags.writeable
    expected = ["pool", "", None]
    assert [project.cache.get_vector_source(key) for key in ("m1", "statistics", "m2")] == expected


@pytest.mark.parametrize("blob", [b"", b"f4", b"f4abc", b"u1abcd", b"f8" + bytes(8)])
def test_bytes_that_are_no_vector_are_none(blob):
    assert cache.unpack_vector(blob).size == 0
