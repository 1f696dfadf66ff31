"""Hostile projects: no bug, no traceback, no wait over five seconds, nothing outside, and what a command fails of is found by `check`."""

import json
import shutil
import time
from datetime import UTC, datetime

import numpy as np
import pytest

from fieldcheck import settings
from fieldcheck.errors import FieldcheckError
from fieldcheck.project.backup import backup, backups
from fieldcheck.project.connect import writing
from fieldcheck.project.folder import open_project
from tests.hostile import projects

MOST_S = 5.0
COMMANDS = (
    *(("check",), ("label", "show"), ("run", "--on", "field")),
    *(("export", "--format", "csv", "--out", "{out}"), ("report", "--out", "{out}")),
)


@pytest.fixture
def copied(made, tmp_path):
    """`copied()`: the labelled project anew, at the same place, and nothing else there."""

    def anew():
        for one in tmp_path.iterdir():
            shutil.rmtree(one)
        return shutil.copytree(made["labelled"], tmp_path / "p.fieldcheck")

    return anew


def outcomes(terminal, path, commands=COMMANDS):
    """Exit code of each command by its name; none is a bug, slow, or writes beside its place."""
    found = {}
    for words in commands:
        arguments = [word.format(out=path.parent / "out" / words[0]) for word in words]
        at = 2 if words[0] == "label" else 1
        began = time.monotonic()
        outcome = terminal(*arguments[:at], path, *arguments[at:])
        assert outcome.code in (0, 1), (words, outcome.err)
        assert "Traceback" not in outcome.err
        assert time.monotonic() - began < MOST_S, words
        found[words[0]] = outcome.code
    assert {one.name for one in path.parent.iterdir()} <= {path.name, "out"}
    return found


@pytest.mark.full("hostile_values")
def test_no_value_is_a_bug_and_check_finds_what_others_fail_of(terminal, made, copied, counts, evidence):
    every = projects.changes(made["labelled"] / "project.db")
    n = counts(ci=6, full=len(every))
    unfound = []
    for at in np.random.default_rng(14).permutation(len(every))[:n].tolist():
        table, column, value = every[at]
        path = copied()
        projects.change(path / "project.db", table, column, value)
        found = outcomes(terminal, path, COMMANDS if n < 50 or at % 5 == 0 else COMMANDS[:3])
        if found["check"] == 0 and any(code and name != "export" for name, code in found.items()):
            unfound.append((table, column, str(value)[:20]))
    evidence(changed=n, of=len(every), failed_without_a_finding=len(unfound), which=unfound[:40])


@pytest.mark.parametrize("kind", projects.STATEMENTS)
def test_what_a_stranger_put_into_the_database_is_refused_or_found(terminal, copied, kind):
    path = copied()
    projects.run(path / "project.db", projects.STATEMENTS[kind])
    found = outcomes(terminal, path, COMMANDS[:4])
    assert found["check"] == 1 or kind == "benchmark elsewhere"


@pytest.mark.full("hostile_pages")
def test_no_damaged_page_is_a_bug(terminal, copied, counts, evidence):
    rng, n = np.random.default_rng(15), counts(ci=3, full=200)
    for _ in range(n):
        path = copied()
        projects.damage_page(path / "project.db", rng)
        outcomes(terminal, path, COMMANDS[:3])
    evidence(damaged=n)


LOCKS = ("", "[" * 100_000, '{"heartbeat": ' + "9" * 400 + "}", '{"closed": {"size": "x"}}', "\0", '{"machine": 7, "process": "x"}', "null")


@pytest.mark.parametrize("text", LOCKS)
def test_no_lock_is_a_bug_or_holds_anybody_up(terminal, copied, text):
    path = copied()
    (path / "lock").write_text(text)
    assert outcomes(terminal, path, COMMANDS[:2]) == {"check": 0, "label": 0}


SETTINGS = ("", "null", "[]", "[" * 100_000, '{"size": 1e400}', '{"recent": [1, {}], "theme": 7}', '{"size": ' + "9" * 5000 + "}", "\0")


@pytest.mark.parametrize("text", SETTINGS)
def test_no_settings_stop_anybody(tmp_path, text):
    (tmp_path / settings.NAME).write_text(text)
    assert settings.load(tmp_path) == settings.Settings()
    settings.save(tmp_path, settings.Settings(size=125))
    assert settings.load(tmp_path).size == 125


def test_a_clock_that_went_ahead_makes_no_later_backup_the_older_one(tmp_path):
    """Also with more than are kept: what was made last goes last."""
    db = writing(tmp_path / "project.db", "NORMAL")
    years = [2099, *range(2026, 2038)]
    made = [backup(db, tmp_path, datetime(year, 1, 1, tzinfo=UTC)) for year in years]
    db.close()
    assert backups(tmp_path)[0] == made[-1]
    assert backups(tmp_path) == tuple(reversed(made))[:10]


def test_a_project_of_tomorrow_and_of_another_machine_is_opened(copied):
    path = copied()
    for heartbeat in (4e9, 0.0, -1e18):
        (path / "lock").write_text(json.dumps({"machine": "elsewhere", "process": 1, "heartbeat": heartbeat}))
        with open_project(path, wait_s=0.2) as project:
            assert project.writable
    (path / "lock").write_text(json.dumps({"machine": "elsewhere", "process": 1, "heartbeat": time.time()}))
    with pytest.raises(FieldcheckError):
        open_project(path, wait_s=0.2)
