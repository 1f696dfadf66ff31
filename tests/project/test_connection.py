import errno
import queue
import sqlite3
import threading

import pytest

from fieldcheck.errors.files import DiskFull, NotStored, PathMissing, PathRefused, ReadOnlyPlace
from fieldcheck.errors.projects import ProjectClosed, ProjectDamaged, ProjectLocked
from fieldcheck.project import connection as writers
from fieldcheck.project.connection import (
    Reader,
    Writer,
    map_database_errors,
    open_for_reading,
    open_for_writing,
)
from fieldcheck.project.tables.values import UnfitValue
from tests.hostile.projects import journal


@pytest.fixture
def path(tmp_path):
    """A database with a number in it; its name would be a query in a careless URI."""
    path = tmp_path / "a ?mode=rw#%41.db"
    db = open_for_writing(path, "FULL")
    db.execute("CREATE TABLE t (a)")
    db.execute("INSERT INTO t VALUES (1)")
    db.close()
    return path


def test_a_head_that_names_a_format_of_no_sqlite_is_damage(tmp_path):
    path = tmp_path / "a.db"
    db = open_for_writing(path, "NORMAL")
    db.execute("CREATE TABLE t (a)")
    db.close()
    data = bytearray(path.read_bytes())
    data[47] = 0xFF
    path.write_bytes(data)
    with pytest.raises(ProjectDamaged):
        open_for_reading(path).close()


def test_writing_is_durable_and_distrusts_the_file(path):
    db = open_for_writing(path, "FULL")
    wanted = {"journal_mode": "wal", "synchronous": 2, "trusted_schema": 0, "cell_size_check": 1}
    assert {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted
    db.close()


def test_a_reading_connection_cannot_write(path):
    db = open_for_reading(path)
    assert db.execute("SELECT a FROM t").fetchall() == [(1,)]
    with pytest.raises(ReadOnlyPlace), map_database_errors(path):
        db.execute("INSERT INTO t VALUES (2)")
    db.close()


def test_a_journal_that_names_a_file_is_not_followed(path, tmp_path):
    """SQLite deletes the file that such a journal names, wherever it lies."""
    thesis = tmp_path / "thesis.txt"
    for ask in (lambda: open_for_reading(path), lambda: open_for_writing(path, "FULL")):
        thesis.write_text("years of work")
        journal(path, thesis)
        with pytest.raises(ProjectDamaged) as damaged:
            ask()
        assert damaged.value.problem == "journal"
        assert thesis.exists()
    open_for_reading(path, unchanging=True).close()
    db = sqlite3.connect(path)
    assert db.execute("SELECT a FROM t").fetchall() == [(1,)]
    db.close()
    assert not thesis.exists(), "what it is held against: a connection that does not look"


def test_what_a_crash_left_half_done_is_taken_back_for_a_reader(path):
    left = journal(path)
    db = open_for_reading(path)
    assert db.execute("SELECT a FROM t").fetchall() == [(1,)]
    db.close()
    assert not left.exists()


def test_a_file_that_is_no_database_is_damaged(tmp_path):
    path = tmp_path / "a.db"
    path.write_bytes(b"nothing of the kind " * 100)
    with pytest.raises(ProjectDamaged) as caught:
        open_for_reading(path)
    assert caught.value.problem == "SQLITE_NOTADB"
    with pytest.raises(ProjectDamaged):
        open_for_writing(path, "FULL")


def test_a_database_that_is_not_there_is_not_made_by_reading(tmp_path):
    with pytest.raises(ReadOnlyPlace):
        open_for_reading(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_may_not_grow_is_full(path):
    db = open_for_writing(path, "FULL")
    db.execute("PRAGMA max_page_count = 3")
    with pytest.raises(DiskFull), map_database_errors(path), db.atomic():
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert db.execute("SELECT count(*) FROM t").fetchone() == (1,)
    db.close()


def test_a_database_that_another_program_is_writing_is_locked(path):
    one, other = open_for_writing(path, "FULL"), open_for_writing(path, "FULL")
    other.execute("PRAGMA busy_timeout = 10")
    with one.atomic():
        one.execute("INSERT INTO t VALUES (2)")
        with pytest.raises(ProjectLocked), map_database_errors(path):
            other.execute("INSERT INTO t VALUES (3)")
    one.close()
    other.close()


@pytest.mark.parametrize(
    ("number", "named"),
    [(errno.ENOSPC, DiskFull), (errno.EROFS, ReadOnlyPlace), (errno.EACCES, ReadOnlyPlace)],
)
def test_what_the_system_says_gets_a_name(tmp_path, number, named):
    with pytest.raises(named), map_database_errors(tmp_path):
        raise OSError(number, "said by the system")


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_WRITE])
def test_what_a_disk_with_room_did_not_take_is_neither_damage_nor_a_full_disk(path, code):
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode, failed.sqlite_errorname = code, "SQLITE_IOERR"
    with pytest.raises(NotStored) as caught, map_database_errors(path):
        raise failed
    assert caught.value.path == path
    assert [one.name for one in path.parent.iterdir()] == [path.name], "what was tried is gone"


def test_a_stored_value_that_cannot_be_ours_is_damage(tmp_path):
    with pytest.raises(ProjectDamaged, match=r"clip\.conditions"), map_database_errors(tmp_path):
        raise UnfitValue("clip.conditions: not JSON")


def test_text_that_is_no_text_is_damage(path):
    db = open_for_writing(path, "FULL")
    with pytest.raises(ProjectDamaged), map_database_errors(path):
        db.execute("SELECT CAST(x'ff' AS TEXT)").fetchone()
    db.close()


def test_a_mistake_of_the_program_keeps_its_own_name(path):
    db = open_for_reading(path)
    with pytest.raises(sqlite3.OperationalError, match="no such column"), map_database_errors(path):
        db.execute("SELECT b FROM t")
    db.close()


def test_a_name_that_no_row_can_hold_is_refused(path):
    db = open_for_writing(path, "FULL")
    with pytest.raises(PathRefused) as caught, map_database_errors(path):
        db.execute("INSERT INTO t VALUES (?)", [b"\xfcber.png".decode("utf-8", "surrogateescape")])
    db.close()
    assert caught.value.problem == "name"


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


def test_on_a_read_only_disk_what_a_crash_left_in_the_wal_is_read(small_disk, path, unwritable):
    writer = open_for_writing(path, "FULL")
    writer.execute("INSERT INTO t VALUES (2)")
    for ending in ("", "-wal"):
        copied = path.with_name(path.name + ending).read_bytes()
        (small_disk / f"a.db{ending}").write_bytes(copied)
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


@pytest.fixture
def empty_path(tmp_path):
    db = open_for_writing(tmp_path / "a.db", "FULL")
    db.execute("CREATE TABLE t (a)")
    db.close()
    return tmp_path / "a.db"


@pytest.fixture
def writer(empty_path):
    made = Writer(empty_path, lambda db: None)
    yield made
    made.close()


def put(value):
    return lambda db: db.execute("INSERT INTO t VALUES (?)", [value]).lastrowid


def stored(path):
    db = open_for_reading(path)
    try:
        return [value for (value,) in db.execute("SELECT a FROM t ORDER BY rowid")]
    finally:
        db.close()


def test_what_a_future_has_acknowledged_others_can_read(empty_path, writer):
    assert writer.submit(put(1)).result() == 1
    assert stored(empty_path) == [1]


def test_work_is_done_in_order_on_one_thread(empty_path, writer):
    threads = [
        writer.submit(lambda db, i=i: (put(i)(db), threading.get_ident())[1]) for i in range(20)
    ]
    assert len({thread.result() for thread in threads}) == 1
    assert stored(empty_path) == list(range(20))


def test_an_error_undoes_the_whole_function_and_goes_to_whoever_asked(empty_path, writer):
    def fail(db):
        put(1)(db)
        raise LookupError("on the way")

    with pytest.raises(LookupError):
        writer.submit(fail).result()
    writer.submit(put(2)).result()
    assert stored(empty_path) == [2]


def test_a_full_disk_is_told_and_writing_goes_on_when_there_is_room(empty_path, writer):
    writer.run(lambda db: db.execute("PRAGMA max_page_count = 3").fetchall()).result()
    with pytest.raises(DiskFull):
        writer.submit(put("x" * 100_000)).result()
    writer.run(lambda db: db.execute("PRAGMA max_page_count = 1000").fetchall()).result()
    writer.submit(put(3)).result()
    assert stored(empty_path) == [3]


def test_closing_finishes_what_was_handed_in(empty_path):
    made = Writer(empty_path, lambda db: None)
    futures = [made.submit(put(i)) for i in range(50)]
    made.close()
    made.close()
    assert all(future.done() for future in futures)
    assert not empty_path.with_name("a.db-wal").exists()
    assert stored(empty_path) == list(range(50))
    with pytest.raises(ProjectClosed):
        made.submit(put(1))


def test_a_cancelled_function_is_not_called(empty_path, writer):
    gate = threading.Event()
    writer.run(lambda db: gate.wait(60))
    waiting = writer.submit(put(1))
    assert waiting.cancel()
    gate.set()
    writer.submit(put(2)).result()
    assert stored(empty_path) == [2]


def test_an_idle_writer_has_time_for_other_things(empty_path, monkeypatch):
    monkeypatch.setattr(writers, "TICK_S", 0.02)
    ticks = queue.SimpleQueue()
    made = Writer(empty_path, ticks.put)
    ticks.get(timeout=60)
    ticks.get(timeout=60)
    made.close()


def test_trouble_with_other_things_does_not_stop_the_writer(empty_path, monkeypatch):
    monkeypatch.setattr(writers, "TICK_S", 0.02)
    tried = threading.Event()

    def fail(db):
        tried.set()
        raise DiskFull(empty_path)

    made = Writer(empty_path, fail)
    assert tried.wait(60)
    made.submit(put(1)).result()
    made.close()
    assert stored(empty_path) == [1]


def test_a_busy_writer_has_time_for_other_things_too(empty_path, monkeypatch):
    monkeypatch.setattr(writers, "TICK_S", 0.02)
    ticks = []
    made = Writer(empty_path, ticks.append)
    for _ in range(40):
        made.run(lambda db: threading.Event().wait(0.005))
    made.close()
    assert len(ticks) >= 3


def test_nothing_is_acknowledged_in_a_file_that_was_moved_away(tmp_path):
    path = tmp_path / "project.db"
    open_for_writing(path, "FULL").close()
    writer = Writer(path, lambda db: None)
    writer.submit(lambda db: db.execute("CREATE TABLE note (text TEXT)")).result()
    path.rename(tmp_path / "elsewhere.db")
    with pytest.raises(PathMissing):
        writer.submit(lambda db: db.execute("INSERT INTO note VALUES ('lost')")).result()
    (tmp_path / "elsewhere.db").rename(path)
    writer.submit(lambda db: db.execute("INSERT INTO note VALUES ('kept')")).result()
    actual = writer.submit(lambda db: db.execute("SELECT text FROM note").fetchall()).result()
    assert actual == [("kept",)]
    writer.close()


def test_a_read_after_the_close_leaves_no_connection_open(path):
    reader = Reader(path)
    reader.close()
    late = reader.read(lambda db: db.conn)
    assert late.execute("SELECT 1").fetchone() == (1,)
    del reader
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        late.execute("SELECT 1")
