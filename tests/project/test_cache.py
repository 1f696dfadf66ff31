import sqlite3
import threading
import zlib

import numpy as np
import pytest

from fieldcheck.errors.files import ReadOnlyPlace
from fieldcheck.progress import Cancelled, CancelToken
from fieldcheck.project import cache
from fieldcheck.project.cache import ResultCache
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


@pytest.mark.long
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


def test_pictures_are_kept_by_frame(tmp_path):
    db = open_for_writing(tmp_path / "cache.db", "NORMAL")
    assert cache.create_tables(db)
    cache.put_pictures(db, [("a", b"jpeg", b"look")])
    cache.put_packed_looks(db, {"b": b"other"})
    assert cache.read_thumbnails(db, ["a", "b", "c"]) == [("a", b"jpeg")]
    assert sorted(cache.read_looks(db, ["a", "b", "c"])) == [("a", b"look"), ("b", b"other")]
    assert cache.read_looks(db, []) == []
    db.close()


def never() -> None:
    """Nobody asks whoever waits to stop."""


def test_it_is_worked_out_once_for_a_state_and_anew_for_another():
    results, made, state = ResultCache(), [], ["a"]

    def ask():
        return results.get_or_compute(
            "report", lambda: state[0], lambda: made.append(state[0]) or len(made), never
        )

    assert (ask(), ask(), made) == (1, 1, ["a"])
    assert results.find_result("report", "a") == 1
    state[0] = "b"
    assert (ask(), ask(), made) == (2, 2, ["a", "b"])
    assert results.find_result("report", "a") is None
    assert results.find_result("another", "b") is None


def test_what_was_made_while_the_state_changed_is_not_kept():
    results, states = ResultCache(), iter(["a", "b"])
    actual = results.get_or_compute("report", lambda: next(states), lambda: "between", never)
    assert actual == "between"
    assert results.find_result("report", "a") is None
    assert results.find_result("report", "b") is None


def test_what_failed_is_tried_again():
    results = ResultCache()

    def fails():
        raise LookupError

    with pytest.raises(LookupError):
        results.get_or_compute("report", lambda: "a", fails, never)
    assert results.get_or_compute("report", lambda: "a", lambda: 7, never) == 7


def test_who_asks_meanwhile_waits_for_the_same_and_can_be_stopped():
    results = ResultCache()
    begun = threading.Event()
    go_on = threading.Event()
    found = []
    flag = CancelToken()

    def slow():
        begun.set()
        assert go_on.wait(60)
        return object()

    def ask():
        found.append(results.get_or_compute("report", lambda: "a", slow, never))

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    first.start()
    assert begun.wait(60)
    second.start()
    flag.cancel()
    with pytest.raises(Cancelled):
        results.get_or_compute("report", lambda: "a", slow, flag.check)
    go_on.set()
    first.join(60)
    second.join(60)
    assert len(found) == 2
    assert found[0] is found[1]


def test_vectors_are_kept_by_what_made_them_and_by_picture(tmp_path):
    db = open_for_writing(tmp_path / "cache.db", "NORMAL")
    assert cache.create_tables(db)
    assert cache.get_tensor_source(db, "m1") == []
    cache.put_packed_vectors(db, "m1", "pool", {"a": b"one", "b": b"two"})
    cache.put_packed_vectors(db, "m2", "", {"a": b"other"})
    expected = [("a", b"one"), ("b", b"two")]
    assert sorted(cache.get_packed_vectors(db, "m1", ["a", "b", "c"])) == expected
    assert cache.get_packed_vectors(db, "m2", ["a"]) == [("a", b"other")]
    assert cache.get_tensor_source(db, "m1") == ["pool"]
    assert cache.get_tensor_source(db, "m2") == [""]
    cache.put_packed_vectors(db, "m1", "pool", {"a": b"again"})
    assert cache.get_packed_vectors(db, "m1", ["a"]) == [("a", b"again")]
    db.close()
