"""Settings that a crash, another program or a stranger left: the window starts with the usual ones,
and can store its own again."""

import json
import os
import sys

import numpy as np
import pytest

from fieldcheck import settings
from fieldcheck.project import recent_projects
from tests.hostile.told import MOST_S, Unhindered
from tests.programs import run_program

TEXTS = {
    "nothing": b"", "null": b"null", "a list": b"[]", "deep": b"[" * 100_000,
    "deep objects": b'{"recent":' * 5_000, "not finite": b'{"size": 1e400}',
    "long number": b'{"size": ' + b"9" * 5_000 + b"}", "a zero byte": b"\0",
    "half a character": b'{"name": "\xc3"}', "UTF-16": '{"size": 125}'.encode("utf-16"),
    "cp1252": '{"name": "Jürgen"}'.encode("cp1252"),
    "two megabytes": b'{"name": "' + b"x" * (2 << 20) + b'"}',
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
}  # fmt: skip
WRONG = (
    None, True, -1, 10**18, 1.5, "", "nobody's", "../../etc", "\0", "x" * 100_000, "\ud800", [],
    ["\0", 7, "x" * 100_000, "//host/share"], {}, [[]],
)  # fmt: skip
FIELDS = tuple(settings.Settings.__dataclass_fields__)


def started(home):
    """Whether every screen is built around these settings, as the program starts."""
    words = [sys.executable, "-m", "fieldcheck", "--self-check"]
    environment = {**os.environ, "FIELDCHECK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    done = run_program(words, env=environment, timeout=300)
    assert "Traceback" not in done.stderr + done.stdout
    return done.returncode == 0


@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_stops_anybody_and_settings_can_be_stored_again(tmp_path, kind):
    (tmp_path / settings.NAME).write_bytes(TEXTS[kind])
    with Unhindered() as took:
        assert settings.load_settings(tmp_path) == settings.Settings()
    assert took.seconds < MOST_S
    # what somebody typed is not lost
    assert (tmp_path / settings.BROKEN).read_bytes() == TEXTS[kind]
    settings.save_settings(tmp_path, settings.Settings(size=125))
    assert settings.load_settings(tmp_path).size == 125


def folder(path):
    (path / "inside").mkdir(parents=True)


def sparse(path):
    """Ten gigabytes that take up no room."""
    with path.open("wb") as file:
        file.truncate(10 << 30)


THINGS = {
    "a folder": folder,
    "ten gigabytes": sparse,
    "a pipe": os.mkfifo if hasattr(os, "mkfifo") else folder,
    "a device": lambda path: (
        path.symlink_to("/dev/zero") if os.path.exists("/dev/zero") else folder(path)
    ),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("name", [settings.NAME, recent_projects.NAME])
def test_what_is_no_file_is_neither_opened_nor_waited_for(tmp_path, kind, name):
    THINGS[kind](tmp_path / name)
    with Unhindered() as took:
        if name == settings.NAME:
            assert settings.load_settings(tmp_path) == settings.Settings()
            settings.save_settings(tmp_path, settings.Settings(size=125))
            assert settings.load_settings(tmp_path).size == 125
        else:
            assert recent_projects._load_cache(tmp_path) == {}
    assert took.seconds < MOST_S


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_of_another_kind_or_beyond_all_measure_falls_back_alone(tmp_path, field):
    usual = settings.Settings()
    for wrong in WRONG:
        (tmp_path / settings.NAME).write_text(json.dumps({field: wrong, "gloves": True}))
        found = settings.load_settings(tmp_path)
        assert found.gloves is True or field == "gloves"
        value = getattr(found, field)
        assert type(value) is type(getattr(usual, field))
        settings.save_settings(tmp_path, found)  # what was taken can be written
        assert settings.load_settings(tmp_path) == found


@pytest.mark.full("hostile_settings")
def test_the_window_starts_around_any_settings(tmp_path, counts, evidence):
    """Every field with every wrong value at once, in any order; and a home that is a file."""
    n = counts(ci=1, full=12)
    for at in range(n):
        home, rng = tmp_path / str(at), np.random.default_rng(at)
        (home / "settings").mkdir(parents=True)
        said = {field: WRONG[int(rng.integers(len(WRONG)))] for field in FIELDS}
        (home / "settings" / settings.NAME).write_text(json.dumps(said))
        document = json.dumps({"format": 1, "projects": {"/x": said, "\0": 7}})
        (home / "settings" / recent_projects.NAME).write_text(document)
        assert started(home), said
    (tmp_path / "file").write_text("no folder")
    assert n == 1 or started(tmp_path / "file")
    evidence(started=n)
