"""One rule for names and notes at every door: what was typed, or a camera or a file is called, is
stored without controls, and bounded."""

import json
import sqlite3

from fieldcheck.domain.items import Filter
from fieldcheck.labels.store import mark_person
from fieldcheck.models.embeddings import save_slice, set_tags
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import Site, set_site
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.safe_text import CONTROLS, LONGEST_NAME, LONGEST_NOTE
from fieldcheck.settings import Settings, load_settings, save_settings
from tests import makers
from tests.monitoring.test_log_monitor import log

FILES = {
    ("recording", "source"),
    ("frame", "source"),
    ("model", "file"),
    ("benchmark_item", "path"),
}
"""Columns that hold what a file is called: it must be found by it."""


def hostile(door, letters=10_000):
    return f"{door}\u202egnp\x1b[2J\u2028<img src='//host/x'>\ud800" + "a" * letters


def texts(value):
    """Every text in a stored value, JSON opened."""
    if isinstance(value, str) and value[:1] in ("[", "{", '"'):
        value = json.loads(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.items() if isinstance(value, dict) else value:
            yield from texts(list(one) if isinstance(one, tuple) else one)


def stored(path):
    """Every text of every table, but for what files are called."""
    db = sqlite3.connect(path / "project.db")
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        rows = db.execute("SELECT * FROM pragma_table_info(?)", [table])
        columns = [name for _, name, kind, *_ in rows if kind == "TEXT"]
        for column in columns:
            if (table, column) not in FILES:
                for (value,) in db.execute(
                    f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
                ):
                    yield from texts(value)
    db.close()


def through_commands(terminal, path, material, tmp_path):
    """The option or argument of each command that takes a name; which of them were given."""
    frame = terminal.document("label", "show", path)["labels"][0]["frame_id"]
    model = makers.colour_model(tmp_path / "a\u202egnp\x1b.onnx")
    pictures = makers.picture_folder(tmp_path / "b", ["red"])
    shift = terminal.document("monitor", path, log(tmp_path / "a.csv", shifts=1))["shift"]
    given = {
        "by of limits": ("limits", path, "--tolerance", "0.05", "--by"),
        "by of a label": ("label", "set", path, frame, "red", "--by"),
        "by of a look": (
            "look", "set", path, "benchmark:red/000.png", "label-wrong", "--class", "blue", "--by",
        ),
        "note": ("monitor", path, "--acknowledge", shift, "--note"),
        "location": ("import", path, pictures, "--camera", hostile("camera"), "--location"),
    }  # fmt: skip
    for door, arguments in given.items():
        terminal.document(*arguments, hostile(door))
    terminal.document("golden", "add", path, hostile("golden"), material / "clean")
    terminal.document("model", "set", path, model)
    return {*given, "camera", "golden"}


def through_the_window(path):
    """What its fields hand to the work behind them."""
    with open_project(path) as project:
        frame = project.read(picks_table.list_picks)[0].frame_id
        set_site(project, Site(*map(hostile, ("site", "line", "who")), note=hostile("of the site")))
        set_tags(project, [frame], [hostile("tag")])
        save_slice(project, hostile("slice"), Filter())
        mark_person(project, [frame], True, hostile("by of a mark"))
    return {"site", "line", "who", "of the site", "tag", "slice", "by of a mark"}


def test_no_door_stores_a_control_or_a_name_without_end(terminal, copied, material, tmp_path):
    path = copied()
    doors = through_commands(terminal, path, material, tmp_path) | through_the_window(path)
    found = set(stored(path))
    acting = {one[:80] for one in found if CONTROLS.search(one.replace("\n", "").replace("\t", ""))}
    assert not acting
    endless = {one for one in found if len(one) > LONGEST_NAME and "aaa" in one}
    assert {one[:4] for one in endless} == {"note", "of t"}
    assert max(map(len, endless)) <= LONGEST_NOTE
    assert {
        door
        for door in doors
        if not any(one.startswith(f"{door}\N{REPLACEMENT CHARACTER}gnp") for one in found)
    } == set()


def test_settings_are_a_door_too(tmp_path):
    save_settings(tmp_path, Settings(name=hostile("name", letters=1000)))
    name = load_settings(tmp_path).name
    assert name.startswith("name\N{REPLACEMENT CHARACTER}gnp")
    assert len(name) == LONGEST_NAME
