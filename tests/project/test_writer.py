import queue
import threading

import pytest

from fieldcheck.errors.files import DiskFull, PathMissing
from fieldcheck.errors.projects import ProjectClosed
from fieldcheck.project import connection as writers
from fieldcheck.project.connection import Writer, open_for_reading, open_for_writing


@pytest.fixture
def path(tmp_path):
    db = open_for_writing(tmp_path / "a.db", "FULL")
    db.execute("CREATE TABLE t (a)")
    db.close()
    return tmp_path / "a.db"


@pytest.fixture
def writer(path):
    made = Writer(path, lambda db: None)
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


def test_what_a_future_has_acknowledged_others_can_read(path, writer):
    assert writer.submit(put(1)).result() == 1
    assert stored(path) == [1]


def test_work_is_done_in_order_on_one_thread(path, writer):
    threads = [
        writer.submit(lambda db, i=i: (put(i)(db), threading.get_ident())[1]) for i in range(20)
    ]
    assert len({thread.result() for thread in threads}) == 1
    assert stored(path) == list(range(20))


def test_an_error_undoes_the_whole_function_and_goes_to_whoever_asked(path, writer):
    def fail(db):
        put(1)(db)
        raise LookupError("on the way")

    with pytest.raises(LookupError):
        writer.submit(fail).result()
    writer.submit(put(2)).result()
    assert stored(path) == [2]


def test_a_full_disk_is_told_and_writing_goes_on_when_there_is_room(path, writer):
    writer.run(lambda db: db.execute("PRAGMA max_page_count = 3").fetchall()).result()
    with pytest.raises(DiskFull):
        writer.submit(put("x" * 100_000)).result()
    writer.run(lambda db: db.execute("PRAGMA max_page_count = 1000").fetchall()).result()
    writer.submit(put(3)).result()
    assert stored(path) == [3]


def test_closing_finishes_what_was_handed_in(path):
    made = Writer(path, lambda db: None)
    futures = [made.submit(put(i)) for i in range(50)]
    made.close()
    made.close()
    assert all(future.done() for future in futures)
    assert not path.with_name("a.db-wal").exists()
    assert stored(path) == list(range(50))
    with pytest.raises(ProjectClosed):
        made.submit(put(1))


def test_a_cancelled_function_is_not_called(path, writer):
    gate = threading.Event()
    writer.run(lambda db: gate.wait(60))
    waiting = writer.submit(put(1))
    assert waiting.cancel()
    gate.set()
    writer.submit(put(2)).result()
    assert stored(path) == [2]


def test_an_idle_writer_has_time_for_other_things(path, monkeypatch):
    monkeypatch.setattr(writers, "TICK_S", 0.02)
    ticks = queue.SimpleQueue()
    made = Writer(path, ticks.put)
    ticks.get(timeout=60)
    ticks.get(timeout=60)
    made.close()


def test_trouble_with_other_things_does_not_stop_the_writer(path, monkeypatch):
    monkeypatch.setattr(writers, "TICK_S", 0.02)
    tried = threading.Event()

    def fail(db):
        tried.set()
        raise DiskFull(path)

    made = Writer(path, fail)
    assert tried.wait(60)
    made.submit(put(1)).result()
    made.close()
    assert stored(path) == [1]


def test_a_busy_writer_has_time_for_other_things_too(path, monkeypatch):
    monkeypatch.setattr(writers, "TICK_S", 0.02)
    ticks = []
    made = Writer(path, ticks.append)
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
