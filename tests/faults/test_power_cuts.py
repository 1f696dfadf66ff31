"""The power goes at any moment of a labelling session: the project opens, whole, and holds every
label that was acknowledged."""

import copy
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import frames, project_state, recordings
from tests import tracer
from tests.faults import power
from tests.project.test_killed import Expected, catch_up

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


def test_a_session_without_an_fsync_would_be_found_out(tmp_path):
    """The same trace, its fsyncs of the log left out: the labels are not there."""
    disk, session = traced_session(tmp_path, 5, 12)
    unsafe = [one for one in session if one.name != "fdatasync"]
    last = max(at for at, one in enumerate(unsafe) if one.arguments.startswith("1<"))
    *_, (now, expected) = cuts(disk, unsafe, [last])
    now.build(tmp_path / "cut.fieldcheck", "synced", random.Random(1))
    with pytest.raises(AssertionError):
        holds(tmp_path / "cut.fieldcheck", expected)
