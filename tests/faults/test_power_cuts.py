"""The power goes at any moment of a labelling session: the project opens, whole, and holds every
label that was acknowledged. A project of every version of the database that there ever was is
opened and brought to the present one, with what stood in it. Each write to a project's databases
fails in turn, the disk being full or gone: one sentence, and nothing acknowledged is lost."""

import copy
import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from fieldcheck.project import migrations
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import frames, labels, project_state, recordings
from tests import tracer
from tests.faults import power
from tests.programs import run_program
from tests.project.made import recording
from tests.project.test_folder import Expected, catch_up

CHECKOUT = Path(__file__).parent.parent.parent
HOW = ("synced", "prefix", "any")


def traced_session(folder, seed, n_acts):
    """A project before so many acts, and the calls of the program that did and closed them."""
    tracer.needed()
    project = folder / "line.fieldcheck"
    create_project(project).close()
    before = power.Disk.of(project)
    words = (sys.executable, "-m", "tests.project.label_on_and_on", project, str(seed), str(n_acts))
    command = [*power.watching_disk(folder / "trace"), *words]
    subprocess.run(command, check=True, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    return before, list(power.calls(folder / "trace"))


def cuts(disk, session, moments):
    """The disk and what had been acknowledged at each of these places, counted in calls."""
    replay, expected, wanted = power.Replay(disk), Expected(), Counter(moments)
    for number, call in enumerate(session):
        for _ in range(wanted[number]):
            yield disk, expected
        said = replay.follow(call)
        if said is not None:
            expected.follow(said.line)
    assert replay.unknown == []


def holds(project, expected):
    """Whether the project opens whole, with what was acknowledged and at most one act more."""
    with open_project(project, wait_s=5) as opened:
        assert opened.read(project_state.check_thorough) == ()
        catch_up(opened, copy.deepcopy(expected))
        kept = {one.recording_id for one in opened.read(recordings.list_recordings)}
        assert kept >= set(expected.recordings)
        assert opened.read(frames.count_frames) == 20 * len(kept)
    for backup in project.glob("backups/*.db"):
        with closing(sqlite3.connect(f"file:{backup}?mode=ro&immutable=1", uri=True)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.long
@pytest.mark.full("power_cuts")
def test_what_was_acknowledged_outlives_a_power_cut_at_any_moment(tmp_path, counts, evidence):
    n, n_acts, dice = counts(ci=20, full=600), counts(ci=40, full=400), random.Random(23)
    disk, session = traced_session(tmp_path, 5, n_acts)
    opened, pending, acknowledged = Counter(), 0, 0
    for number, (now, expected) in enumerate(
        cuts(disk, session, dice.choices(range(len(session)), k=n))
    ):
        how, project = HOW[number % len(HOW)], tmp_path / "cut" / f"{number}.fieldcheck"
        now.build(project, how, dice)
        holds(project, expected)
        opened[how] += 1
        pending += any(one.since for one in now.names.values()) or bool(now.renamed)
        acknowledged = max(acknowledged, expected.at)
    assert opened.total() == n
    evidence(
        cuts=n, built=dict(opened), with_writes_since_the_last_fsync=pending, acts=n_acts,
        fsyncs=disk.n_synced, lost=0, unopenable=0,
    )  # fmt: skip


@pytest.mark.long
def test_a_session_without_an_fsync_would_be_found_out(tmp_path):
    """The same trace, its fsyncs of the log left out: the labels are not there."""
    disk, session = traced_session(tmp_path, 5, 12)
    unsafe = [one for one in session if one.name != "fdatasync"]
    last = max(at for at, one in enumerate(unsafe) if one.arguments.startswith("1<"))
    *_, (now, expected) = cuts(disk, unsafe, [last])
    now.build(tmp_path / "cut.fieldcheck", "synced", random.Random(1))
    with pytest.raises(AssertionError):
        holds(tmp_path / "cut.fieldcheck", expected)


STEPS = [step.name for step in migrations.STEPS]


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("count", range(1, len(STEPS)), ids=STEPS[:-1])
def test_a_project_after_so_many_steps_opens_as_a_present_one(tmp_path, count):
    path = tmp_path / "old.fieldcheck"
    create_project(path).close()
    file = path / "project.db"
    file.unlink()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        db = Database(connection)
        for statement in migrations.BOOKKEEPING:
            db.execute(statement)
        migrations.MIGRATIONS.apply(db, stop_before=STEPS[count : count + 1])
        assert migrations.schema_state(db) == "older"
        recordings.put_recording(db, recording("kept"))
    with open_project(path) as project:
        assert project.read(migrations.schema_state) == "current"
        assert project.read(project_state.check_thorough) == ()
        assert [one.recording_id for one in project.read(recordings.list_recordings)] == ["kept"]


FILES = ("project.db", "project.db-wal", "cache.db", "cache.db-wal")
WRITES = ("pwrite64", "ftruncate", "fdatasync", "fsync")
FAULTS = {
    "full": ("pwrite64", "ENOSPC"),
    "gone": ("pwrite64,fdatasync,fsync,ftruncate", "EIO"),
    "not flushed": ("fdatasync,fsync", "EIO"),
}
SAID = {
    "full": "Disk full: cannot write ", "gone": "Write error on ", "not flushed": "Write error on ",
}  # fmt: skip
COMMANDS = {
    "label": ("labelled", lambda at, frame: ("label", "set", at, frame, "red")),
    "undo": ("labelled", lambda at, _frame: ("undo", at)),
    "run": ("drawn", lambda at, _frame: ("run", at, "--on", "all")),
    "report": ("labelled", lambda at, _frame: ("report", at)),
}


def traced(at, trace, *words, inject=()):
    """A command whose writes to its databases stand in `trace`, some of them refused."""
    only = [f"--trace-path={at / name}" for name in FILES]
    asked = [
        *tracer.QUIET, f"--trace={','.join((*WRITES, tracer.BEGINNING))}", *only, *inject,
        f"--output={trace}",
    ]  # fmt: skip
    command = [*asked, sys.executable, "-m", "fieldcheck", *map(str, words), "--json"]
    return run_program(command, cwd=CHECKOUT)


def sites(trace, calls):
    """How often a command made one of these calls."""
    return len(re.findall(rf"\b({'|'.join(calls.split(','))})\(", trace.read_text("ascii")))


@pytest.mark.long
@pytest.mark.full("write_sites")
def test_each_write_may_fail(made, tmp_path, counts, evidence):
    tracer.needed()
    at, trace = tmp_path / "line.fieldcheck", tmp_path / "trace"
    ends, found, most = Counter(), {}, counts(ci=1, full=4)
    for name in list(COMMANDS)[: counts(ci=1, full=len(COMMANDS))]:
        base, words = COMMANDS[name]
        frame = anew(made, at, base)
        traced(at, trace, *words(at, frame))
        undisturbed = shutil.copyfile(trace, tmp_path / "undisturbed")
        for fault, (calls, error) in FAULTS.items():
            n = found[f"{name}, {fault}"] = sites(undisturbed, calls)
            for site in range(1, n + 1, max(1, -(-n // most))):
                frame = anew(made, at, base)
                # `when` counts each call by itself and each thread by itself, so a site is named by
                # its number in all that follow.
                inject = [f"--inject={one}:error={error}:when={site}+" for one in calls.split(",")]
                done = traced(at, trace, *words(at, frame), inject=inject)
                ends[str(done.returncode)] += 1
                held(at, frame, name, done, SAID[fault])
    assert all(found.values())
    evidence(faults=ends.total(), sites=found, ended=dict(ends), acknowledged_lost=0, unopenable=0)


def anew(made, at, base="labelled"):
    """A fresh copy of a project at `at`, and a frame of it whose label is not red."""
    shutil.rmtree(at, ignore_errors=True)
    shutil.copytree(made[base], at)
    with open_project(at) as project:
        labelled = project.read(labels.list_labels)
        return next((one.frame_id for one in labelled if one.class_name != "red"), "")


def held(at, frame, name, done, said=""):
    """Whether the project opens whole with what was said to be done, and what could not be was said
    in one sentence that begins so."""
    assert done.returncode in (0, 1), (name, done.stderr)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.stderr.startswith(said), (name, done.stderr)
        assert len(done.stderr.splitlines()) == 1
        assert "Data saved before is safe." in done.stderr
    with open_project(at, wait_s=5) as project:
        assert project.read(project_state.check_thorough) == ()
        kept = {one.frame_id: one.class_name for one in project.read(labels.list_labels)}
    if name == "label":
        assert len(kept) == 20
        if done.returncode == 0:
            assert json.loads(done.stdout)
            assert kept[frame] == "red"


@pytest.mark.long
def test_a_slow_disk_only_takes_longer(made, tmp_path):
    """A memory card that takes a quarter of a second to be sure."""
    tracer.needed()
    at = tmp_path / "line.fieldcheck"
    frame = anew(made, at)
    calls = (("pwrite64", 2_000), ("fdatasync", 250_000), ("fsync", 250_000))
    slow = [f"--inject={one}:delay_exit={us}" for one, us in calls]
    done = traced(at, tmp_path / "trace", "label", "set", at, frame, "red", inject=slow)
    assert sites(tmp_path / "trace", "fdatasync,fsync") >= 1
    assert done.returncode == 0
    held(at, frame, "label", done)
