import json

import pytest
from sqlite_utils import Database

from fieldcheck.project.tables import redact

TABLES = {
    "benchmark": ("root",), "report": ("folder", "summary"), "setting": ("value",), "edit_row": ("kind", "before", "after"),
    "model_fact": ("about", "found"),
}  # fmt: skip
BCCD, KNOWN = "/home/ana/bccd", "…0f/bccd"


@pytest.fixture
def db():
    found = Database(memory=True)
    for name, columns in TABLES.items():
        found.execute(f"CREATE TABLE {name} ({', '.join(f'{column} TEXT' for column in columns)})")
    yield found
    found.close()


@pytest.mark.parametrize(
    ("table", "stood", "stands"),
    [
        ("benchmark", (BCCD,), (KNOWN,)),
        ("benchmark", ("benchmark/set",), ("benchmark/set",)),
        ("report", ("D:\\x\\Ana\\out", '{"at": "/gap/n", "path": "/home/ana/bccd"}'), ("…/out", '{"at": "/gap/n", "path": "…0f/bccd"}')),
        ("setting", ('[{"n":1,"root":"/home/ana/golden"},"/ok"]',), ('[{"n":1,"root":"…/golden"},"/ok"]',)),
        ("setting", ('[{"n":1,"root":"/golden"}]',), ('[{"n":1,"root":"…/golden"}]',)),
        ("model_fact", ("2026", '{"folder":"/log/","sampled":[]}'), ("2026", '{"folder":"…/log","sampled":[]}')),
        ("setting", ('"\\\\\\\\stick\\\\ana\\\\golden"',), ('"…/golden"',)),
        ("edit_row", ("label", BCCD, None), ("label", BCCD, None)),
        ("edit_row", ("setting", None, json.dumps({"value": '["/home/ana/golden"]'})), ("setting", None, '{"value":"[\\"…/golden\\"]"}')),
        ("benchmark", ("/set",), ("…/set",)),
        ("report", ("/out", "{}"), ("…/out", "{}")),
        ("model_fact", ("2026", '{"sampled":[{"at":"x","picture":"../a.png"},{"picture":"b/c.png"}],"spread":[]}'),
         ("2026", '{"sampled":[{"at":"x","picture":"…/a.png"},{"picture":"b/c.png"}],"spread":[]}')),
        ("model_fact", ("2026", '{"outliers":[["x","red",0.5,"/a.png"],["x","red",0.5,".."]],"n":1}'),
         ("2026", '{"n":1,"outliers":[["x","red",0.5,"…/a.png"],["x","red",0.5,"…"]]}')),
        ("model_fact", ("/home/ana/a.csv", '[["red",0.5,"/home/ana/day/7.png"]]'), ("…/a.csv", '[["red",0.5,"…/7.png"]]')),
    ],
)  # fmt: skip
def test_a_folder_of_this_computer_goes_along_by_its_last_part_alone(db, table, stood, stands):
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(stood))})", stood)
    redact.replace_machine_paths(db, {BCCD: KNOWN})
    assert db.execute(f"SELECT * FROM {table}").fetchall() == [stands]
