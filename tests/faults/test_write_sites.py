"""Each write to a project's databases fails in turn, the disk being full or gone: one sentence, and
nothing acknowledged is lost."""

import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, project_state
from tests import tracer
from tests.programs import run_program

CHECKOUT = Path(__file__).parent.parent.parent
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
