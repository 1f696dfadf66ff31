import threading

import pytest

from fieldcheck.errors.projects import ProjectDamaged
from fieldcheck.project.connection import Reader, open_for_writing
from fieldcheck.project.tables.values import UnfitValue


@pytest.fixture
def path(tmp_path):
    db = open_for_writing(tmp_path / "a.db", "FULL")
    db.execute("CREATE TABLE t (a)")
    db.execute("INSERT INTO t VALUES (1)")
    db.close()
    return tmp_path / "a.db"


@pytest.fixture
def reader(path):
    made = Reader(path)
    yield made
    made.close()


def values(db):
    return [value for (value,) in db.execute("SELECT a FROM t ORDER BY a")]


def test_a_question_sees_one_state_however_often_it_asks(path, reader):
    writer = open_for_writing(path, "FULL")

    def twice(db):
        before = values(db)
        writer.execute("INSERT INTO t VALUES (2)")
        return before, values(db)

    assert reader.read(twice) == ([1], [1])
    assert reader.read(values) == [1, 2]
    writer.close()


def test_every_thread_has_a_connection_of_its_own(reader):
    seen = [reader.read(id)]
    thread = threading.Thread(target=lambda: seen.append(reader.read(id)))
    thread.start()
    thread.join()
    assert seen[0] == reader.read(id) != seen[1]


def test_no_transaction_stays_open_between_questions(path, reader):
    reader.read(values)
    writer = open_for_writing(path, "FULL")
    writer.execute("INSERT INTO t VALUES (2)")
    assert writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    writer.close()


def test_after_closing_it_opens_again_when_asked(reader):
    reader.read(values)
    reader.close()
    assert reader.read(values) == [1]


def test_what_cannot_be_made_sense_of_is_damage(reader):
    def ask(db):
        raise UnfitValue("frame.statistics")

    with pytest.raises(ProjectDamaged):
        reader.read(ask)
    assert reader.read(values) == [1]


def test_a_read_only_place_can_be_read(small_disk, path, unwritable):
    (small_disk / "a.db").write_bytes(path.read_bytes())
    unwritable(small_disk)
    reader = Reader(small_disk / "a.db")
    assert reader.read(values) == [1]
    reader.close()


def test_on_a_read_only_place_what_a_crash_left_in_the_wal_is_read_too(
    small_disk, path, unwritable
):
    writer = open_for_writing(path, "FULL")
    writer.execute("INSERT INTO t VALUES (2)")
    for name in ("a.db", "a.db-wal"):
        (small_disk / name).write_bytes(path.with_name(name).read_bytes())
    writer.close()
    unwritable(small_disk)
    reader = Reader(small_disk / "a.db")
    assert reader.read(values) == [1, 2]
    reader.close()


def test_closing_waits_for_the_question_that_is_under_way(reader):
    begun, may_end, answers = threading.Event(), threading.Event(), []

    def slow(db):
        begun.set()
        may_end.wait(10)
        return values(db)

    asking = threading.Thread(target=lambda: answers.append(reader.read(slow)))
    asking.start()
    begun.wait(10)
    closing = threading.Thread(target=reader.close)
    closing.start()
    closing.join(0.1)
    assert closing.is_alive()
    may_end.set()
    asking.join(10)
    closing.join(10)
    assert answers == [[1]]
    assert reader.read(values) == [1]
