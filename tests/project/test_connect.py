import errno
import sqlite3

import pytest

from fieldcheck.errors.files import DiskFull, NotStored, PathRefused, ReadOnlyPlace
from fieldcheck.errors.projects import ProjectDamaged, ProjectLocked
from fieldcheck.project.connection import map_database_errors, open_for_reading, open_for_writing
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
