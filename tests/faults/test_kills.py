"""Long jobs killed without warning at random moments: what stood before stands, what was asked for
is there whole or not at all, nothing runs on, and the same once more brings what an undisturbed one
brings."""

import random
import shutil
import sqlite3

import pytest

from fieldcheck.evidence.signed_seal import check_pack
from fieldcheck.paths import UNFINISHED_REPORT
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, project_state
from tests.monitoring.test_log_monitor import log

TABLES = ("frame", "label", "label_event", "model", "pick", "prediction", "recording")
SWEPT = ("--corruption", "motion", "--on", "benchmark", "--no-match")
# The project that it begins with, its words, and whether it is one of those that are killed with
# every change.
JOBS = {
    "stress": ("labelled", lambda at, _out: ("stress", at, *SWEPT), True),
    "report": ("labelled", lambda at, out: ("report", at, "--out", out), True),
    "pack": ("labelled", lambda at, out: ("pack", at, out), True),
    "embed": ("labelled", lambda at, _out: ("embed", at), True),
    "monitor": ("labelled", lambda at, out: ("monitor", at, out.parent / "device.csv"), True),
    "run": ("drawn", lambda at, _out: ("run", at, "--on", "all"), False),
    "pick": ("footed", lambda at, _out: ("pick", at, "--count", "10", "--seed", "3"), False),
    "probe": ("labelled", lambda at, _out: ("probe", at), False),
    "quantise": ("labelled", lambda at, _out: ("model", "quantise", at, "net"), False),
    "bench": ("labelled", lambda at, _out: ("latency", at, "--seconds", "0.5"), False),
    "repair": ("labelled", lambda at, _out: ("check", at, "--repair"), False),
    "export": (
        "labelled", lambda at, out: ("export", at, "--format", "imagefolder", "--out", out), False,
    ),
    "poison": (
        "labelled", lambda at, out: ("export", at, "--format", "poison", "--out", out), False,
    ),
    "unpack": ("labelled", lambda at, out: ("unpack", at.parent / "site.fcpack", out), False),
}  # fmt: skip


def rows(at):
    """What was said, picked and answered, without the times at which."""
    connection = sqlite3.connect(f"file:{at / 'project.db'}?mode=ro", uri=True)
    try:
        found = {}
        for table in TABLES:
            columns = connection.execute(f"PRAGMA table_info({table})")
            names = [name for _, name, *_ in columns if name not in ("added", "at", "when")]
            found[table] = set(connection.execute(f"SELECT {', '.join(names)} FROM {table}"))
        return found
    finally:
        connection.close()


def whole(out):
    """What a finished command leaves where it was asked to: the names in its folder, or a pack that
    fits its hashes. A report that was not finished has a name by which the next one finds it, and a
    project that was made is opened once, which leaves files of its own."""
    if out.is_dir():
        of_opening = [
            path
            for path in out.rglob("*")
            if {"backups", "lock"} & set(path.parts) or ".db-" in path.name
        ]
        places = [path.relative_to(out) for path in out.rglob("*") if path not in of_opening]
        return (
            sorted(
                path.as_posix()
                for path in places
                if not path.parts[0].startswith(UNFINISHED_REPORT)
            )
            or None
        )
    return check_pack(out).manifest["files"].keys() if out.exists() else None


@pytest.mark.short_cases(2)
@pytest.mark.parametrize(
    "job", [pytest.param(job, marks=pytest.mark.full(f"kills_{job}")) for job in JOBS]
)
def test_a_job_killed_at_random_moments_loses_nothing_and_comes_to_the_same_end(
    made, made_pack, tmp_path, forking, counts, evidence, job
):  # fmt: skip
    base, words, in_ci = JOBS[job]
    n, moments = counts(ci=2 if in_ci else 0, full=20), random.Random(31)
    for folder in ("quiet", "killed"):
        (tmp_path / folder).mkdir()
        log(tmp_path / folder / "device.csv")
        shutil.copyfile(made_pack, tmp_path / folder / "site.fcpack")
    quiet = shutil.copytree(made[base], tmp_path / "quiet" / "p.fieldcheck")
    took = forking.run(tmp_path / "said", *words(quiet, tmp_path / "quiet" / "out"))
    expected, left = rows(quiet), whole(tmp_path / "quiet" / "out")
    at = tmp_path / "killed" / "p.fieldcheck"
    out = tmp_path / "killed" / "out"
    n_begun = 0
    n_running = 0
    shutil.copytree(made[base], at)
    before = at_first = rows(at)
    while n_running < n:
        n_begun += 1
        running = forking.kill_after(moments.uniform(0.0, took), tmp_path / "said", *words(at, out))
        n_running += running
        with open_project(at, wait_s=5) as project:
            assert project.read(project_state.check_thorough) == ()
            project.read(labels.list_labels)
        now = rows(at)
        assert all(before[table] <= now[table] for table in TABLES)
        assert whole(out) in (None, left), "it is there whole or not at all"
        assert running or now == expected
        before = now
        # this one came to its end: the next begins anew
        if not running or whole(out) is not None or now == expected != at_first:
            shutil.rmtree(tmp_path / "killed")
            shutil.copytree(
                tmp_path / "quiet", tmp_path / "killed", ignore=lambda *_: ("p.fieldcheck", "out")
            )
            before = rows(shutil.copytree(made[base], at))
    forking.run(tmp_path / "said", *words(at, out))
    assert (rows(at), whole(out)) == (expected, left)
    evidence(
        begun=n_begun, killed_while_running=n_running, rows_lost=0, unopenable=0,
        seconds_undisturbed=round(took, 2),
    )  # fmt: skip
