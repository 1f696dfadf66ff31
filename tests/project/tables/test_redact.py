import json

import pytest
from sqlite_utils import Database

from fieldcheck.project.connection import open_for_writing
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import recordings, redact
from fieldcheck.project.tables.redact import SalvagedRows
from tests.project.made import fill, recording

TABLES = {
    "benchmark": ("root",),
    "report": ("folder", "summary"),
    "setting": ("value",),
    "edit_row": ("kind", "before", "after"),
    "model_fact": ("about", "found"),
}  # fmt: skip
BCCD, KNOWN = "/home/ana/bccd", "…0f/bccd"


@pytest.fixture
def texts_db():
    found = Database(memory=True)
    for name, columns in TABLES.items():
        found.execute(f"CREATE TABLE {name} ({', '.join(f'{column} TEXT' for column in columns)})")
    yield found
    found.close()


@pytest.mark.parametrize(("table", "stood", "stands"), [
    ("benchmark", (BCCD,), (KNOWN,)),
    ("benchmark", ("benchmark/set",), ("benchmark/set",)),
    ("report", ("D:\\x\\Ana\\out", '{"at": "/gap/n", "path": "/home/ana/bccd"}'),
     ("…/out", '{"at": "/gap/n", "path": "…0f/bccd"}')),
    ("setting", ('[{"n":1,"root":"/home/ana/golden"},"/ok"]',),
     ('[{"n":1,"root":"…/golden"},"/ok"]',)),
    ("setting", ('[{"n":1,"root":"/golden"}]',), ('[{"n":1,"root":"…/golden"}]',)),
    ("model_fact", ("2026", '{"folder":"/log/","sampled":[]}'),
     ("2026", '{"folder":"…/log","sampled":[]}')),
    ("setting", ('"\\\\\\\\stick\\\\ana\\\\golden"',), ('"…/golden"',)),
    ("edit_row", ("label", BCCD, None), ("label", BCCD, None)),
    ("edit_row", ("setting", None, json.dumps({"value": '["/home/ana/golden"]'})),
     ("setting", None, '{"value":"[\\"…/golden\\"]"}')),
    ("benchmark", ("/set",), ("…/set",)),
    ("report", ("/out", "{}"), ("…/out", "{}")),
    ("model_fact",
     ("2026", '{"sampled":[{"at":"x","picture":"../a.png"},{"picture":"b/c.png"}],"spread":[]}'),
     ("2026", '{"sampled":[{"at":"x","picture":"…/a.png"},{"picture":"b/c.png"}],"spread":[]}')),
    ("model_fact", ("2026", '{"outliers":[["x","red",0.5,"/a.png"],["x","red",0.5,".."]],"n":1}'),
     ("2026", '{"n":1,"outliers":[["x","red",0.5,"…/a.png"],["x","red",0.5,"…"]]}')),
    ("model_fact", ("/home/ana/a.csv", '[["red",0.5,"/home/ana/day/7.png"]]'),
     ("…/a.csv", '[["red",0.5,"…/7.png"]]')),
])  # fmt: skip
def test_a_folder_of_this_computer_goes_along_by_its_last_part(texts_db, table, stood, stands):
    texts_db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(stood))})", stood)
    redact.replace_machine_paths(texts_db, {BCCD: KNOWN})
    assert texts_db.execute(f"SELECT * FROM {table}").fetchall() == [stands]


def test_a_sound_table_is_saved_whole(db):
    fill(db, n=3)
    found = redact.read_rows(db, "frame", ("frame_id", "t_s"))
    rows = (("rec-000000", 0.0), ("rec-000015", 0.5), ("rec-000030", 1.0))
    assert found == SalvagedRows("frame", ("frame_id", "t_s"), rows, True)
    assert redact.read_rows(db, "member", ("frame_id",)).whole


def test_only_tables_with_rows_of_the_project_are_saved(db):
    assert {"frame", "label", "edit_row"} <= set(redact.list_tables(db))
    assert "_sqlite_migrations" not in redact.list_tables(db)


def test_rows_are_put_where_none_stands_and_misfits_are_left_out(db):
    columns = ("key", "value")
    saved = SalvagedRows("setting", columns, (("a", "1"), ("b", None)), False)
    assert redact.restore_rows(db, saved) == 1
    rows = SalvagedRows("setting", columns, (("a", "2"), ("c", b"\xff"), ("d", "3")), True)
    actual = redact.restore_rows(db, rows)
    assert actual == 1
    expected = [("a", "1"), ("d", "3")]
    assert db.execute("SELECT key, value FROM setting ORDER BY key").fetchall() == expected


def test_a_text_is_replaced_in_every_row_and_gone_from_the_file(tmp_path):
    path = tmp_path / "one.fieldcheck"
    with create_project(path) as project:
        project.write(
            lambda db: recordings.put_recording(
                db, recording(source="http://cam/v?p=hunter2", camera="hunter2")
            )
        ).result()
        assert {"http://cam/v?p=hunter2", "hunter2"} <= project.read(redact.list_camera_texts)
    db = open_for_writing(path / "project.db", "FULL")
    redact.replace_texts(db, {"hunter2": "…"})
    assert recordings.get_recording(db, "rec").source == "http://cam/v?p=…"
    assert recordings.get_recording(db, "rec").camera == "…"
    db.close()
    assert b"hunter2" not in (path / "project.db").read_bytes()


def test_the_hash_of_a_recording_is_told_anew(tmp_path):
    with create_project(tmp_path / "one.fieldcheck") as project:
        project.write(lambda db: recordings.put_recording(db, recording())).result()
        project.write(lambda db: redact.set_sha256(db, "rec", "new")).result()
        assert project.read(lambda db: recordings.get_recording(db, "rec")).sha256 == "new"
