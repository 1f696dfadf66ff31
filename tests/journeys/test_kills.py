"""Killed without warning at random moments: what was acknowledged stands, and the work goes on
where it stopped."""

import json
import random
import shutil
import sqlite3
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck import paths

FACTS = ("recording", "frame", "prediction", "clip", "chunk")


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """A minute of a moving texture: long enough to be killed in."""
    path = tmp_path_factory.mktemp("footage") / "belt.mp4"
    rng = np.random.default_rng(5)
    texture = cv2.GaussianBlur(rng.integers(0, 256, (360, 1600, 3), np.uint8), (0, 0), 4)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 20, (640, 360))
    for number in range(1200):
        noise = rng.integers(0, 12, (360, 640, 3), np.uint8)
        writer.write(
            cv2.add(np.ascontiguousarray(texture[:, number % 900 : number % 900 + 640]), noise)
        )
    writer.release()
    return path


@pytest.fixture(scope="module")
def model():
    return paths.get_resource_path("demo/model.onnx")


def dump(project, tables=FACTS):
    """Every row of the tables that footage and runs fill, in order."""
    connection = sqlite3.connect(f"file:{project / 'project.db'}?mode=ro", uri=True)
    try:
        found = {}
        for table in tables:
            names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
            found[table] = sorted(
                connection.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall(), key=repr
            )
        return found
    finally:
        connection.close()


def count(project, table, database="project.db"):
    """Rows of a table now, while another process may be writing; 0 before it exists."""
    if not (project / database).is_file():
        return 0
    connection = sqlite3.connect(f"file:{project / database}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def kill_when(program, ready, *arguments, within=120):
    """Kills the command as soon as `ready()`; whether it was still running then."""
    process = program.start(*arguments)
    until = time.monotonic() + within
    while not ready() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    return process.returncode < 0


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory, footage, model, forking):
    """A project whose import nobody disturbed, and how many seconds that took."""
    folder = tmp_path_factory.mktemp("unbroken")
    project = folder / "unbroken.fieldcheck"
    forking.run(folder / "said", "new", project, "--model", model)
    return project, forking.run(folder / "said", "import", project, footage)


@pytest.mark.long
def test_a_killed_import_repeats_little(program, in_process, tmp_path, footage, model, unbroken):
    whole = count(unbroken[0], "frame")
    project = tmp_path / "killed.fieldcheck"
    in_process.document("new", project, "--model", model)
    assert kill_when(
        program, lambda: count(project, "frame") >= whole / 2, "import", project, footage
    )
    before = dump(project, ["frame", "prediction"])
    resumed = program.document("import", project, footage)
    assert resumed["resumed"]
    after = dump(project, ["frame", "prediction"])
    assert all(row in after[table] for table in before for row in before[table])
    assert (whole - len(before["frame"])) / whole <= 0.6
    assert dump(project) == dump(unbroken[0])


@pytest.mark.long
def test_a_killed_run_repeats_six_tenths_at_most(program, in_process, tmp_path, footage, model):
    projects = [tmp_path / "a.fieldcheck", tmp_path / "b.fieldcheck"]
    in_process.document("new", projects[0])
    in_process.document("import", projects[0], footage)
    in_process.document("model", "set", projects[0], model)
    shutil.copytree(*projects)
    whole = program.document("run", projects[0], "--on", "footage")["runs"][0]["n_done"]
    assert kill_when(
        program, lambda: count(projects[1], "prediction") >= whole / 2, "run", projects[1], "--on",
        "footage",
    )  # fmt: skip
    done = count(projects[1], "prediction")
    assert (whole - done) / whole <= 0.6
    ran = program.document("run", projects[1], "--on", "footage")["runs"][0]
    assert (ran["n_done"], ran["resumed"]) == (whole, True)
    assert dump(projects[1], ["prediction"]) == dump(projects[0], ["prediction"])


@pytest.mark.full("kills_while_importing")
def test_an_import_killed_at_random_moments_loses_nothing_acknowledged(
    forking, in_process, tmp_path, footage, model, counts, evidence
):
    # both are short, so they come in side by side
    videos = (footage, paths.get_resource_path("demo/footage/c1_infeed_normal.mp4"))
    undisturbed = tmp_path / "undisturbed.fieldcheck"
    forking.run(tmp_path / "said", "new", undisturbed, "--model", model)
    seconds = forking.run(tmp_path / "said", "import", undisturbed, *videos)
    moments, n, n_running = random.Random(7), counts(ci=6, full=50), 0
    project = tmp_path / "killed.fieldcheck"
    in_process.document("new", project, "--model", model)
    for _ in range(n):
        # this one came to its end: the next begins anew
        if count(project, "clip") == count(undisturbed, "clip"):
            project = tmp_path / f"killed-{moments.random()}.fieldcheck"
            in_process.document("new", project, "--model", model)
        before = dump(project, ["frame", "prediction", "chunk"])
        n_running += forking.kill_after(
            moments.uniform(0.0, seconds), tmp_path / "said", "import", project, *videos
        )
        now = dump(project, ["frame", "prediction", "chunk"])
        assert all(set(before[table]) <= set(now[table]) for table in before)
        assert in_process.document("check", project)["ok"]
    in_process.document("import", project, *videos)
    assert dump(project) == dump(undisturbed)
    evidence(kills=n, killed_while_running=n_running, rows_lost=0)


def training_folder(folder, n):
    """`n` small pictures, of which every thousandth shows what the benchmark shows; a thousand
    names stand for the same file."""
    rng = np.random.default_rng(9)
    for block in range(0, n, 1000):
        (folder / f"{block:06d}").mkdir(parents=True)
        first = folder / f"{block:06d}" / "0.jpg"
        cv2.imwrite(
            str(first),
            cv2.resize(
                rng.integers(0, 256, (6, 8, 3), np.uint8), (64, 48), interpolation=cv2.INTER_CUBIC
            ),
        )
        for number in range(1, min(1000, n - block)):
            (first.parent / f"{number}.jpg").hardlink_to(first)
    return sorted(folder.glob("*/0.jpg"))


def most_memory(process):
    """Peak resident bytes of a running process; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


@pytest.mark.long
@pytest.mark.full("training_folder")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_large_training_folder_is_searched_in_little_memory_and_goes_on_after_a_kill(
    program, in_process, tmp_path, footage, model, counts, evidence
):
    n, project = counts(ci=300, full=200_000), tmp_path / "training.fieldcheck"
    own = training_folder(tmp_path / "training", n)
    for number, path in enumerate(own[:20]):
        target = tmp_path / "benchmark" / "ok" / f"{number}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    in_process.document("new", project, "--model", model)
    asked = (
        "benchmark", "set", project, tmp_path / "benchmark", "--training", tmp_path / "training",
    )  # fmt: skip
    assert kill_when(program, lambda: kept_prints(project) >= n / 2, *asked, within=3600)
    half, began, most = kept_prints(project), time.monotonic(), 0
    process = program.start(*asked, "--json")
    while process.poll() is None:
        most = max(most, most_memory(process))
        time.sleep(0.05)
    told = json.loads(process.communicate()[0])
    assert process.returncode == 0, told
    assert kept_prints(project) == n + len(own[:20])
    leaks = told["near_duplicates"]
    actual = (len(leaks["in_training"]), leaks["n_training"], leaks["n_unreadable"])
    assert actual == (len(own[:20]), n, 0)
    assert most <= 2_000_000_000
    evidence(
        pictures=n,
        kept_before_the_kill=half,
        seconds_after_it=round(time.monotonic() - began, 1),
        most_megabytes=round(most / 1e6),
    )


def kept_prints(project):
    """Fingerprints in the cache now."""
    return count(project, "vector", "cache.db")


@pytest.mark.full("kills_while_labelling")
def test_no_kill_loses_a_label(forking, in_process, tmp_path, footage, model, counts, evidence):
    project = tmp_path / "labels.fieldcheck"
    in_process.document("new", project, "--model", model)
    in_process.document("import", project, footage)
    picks = in_process.document("pick", project, "--count", 60)["picks"]
    moments, n = random.Random(11), counts(ci=8, full=50)
    names = in_process.document("new", tmp_path / "y.fieldcheck", "--model", model)["model"][
        "classes"
    ]
    acknowledged, n_running, took = {}, 0, 0.2
    for number in range(n):
        frame, name = picks[number % len(picks)]["frame_id"], names[number % len(names)]
        asked = (tmp_path / "said", "label", "set", project, frame, name, "--json")
        if killed := moments.random() < 0.5:
            killed = forking.kill_after(moments.uniform(0.0, took), *asked)
        else:
            took = forking.run(*asked)
        n_running += killed
        shown = {
            one["frame_id"]: one["class"]
            for one in in_process.document("label", "show", project)["labels"]
        }
        # it may be committed, and killed before it could say so
        if not killed or shown.get(frame) == name:
            acknowledged[frame] = name
        assert shown == acknowledged
    depth = in_process.document("label", "show", project)["undo_depth"]
    in_process.document("undo", project, "--count", min(20, depth - 1))
    assert in_process.document("check", project)["ok"]
    evidence(kills=n, killed_while_running=n_running, labels_lost=0)
