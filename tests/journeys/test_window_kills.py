"""The window killed without warning while somebody labels: every label that was acknowledged
stands, and twenty acts can be undone."""

import os
import random
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from fieldcheck import paths
from tests.journeys.program import InProcess, Program

N_FRAMES = 60


@pytest.fixture
def project(tmp_path):
    folder, rng = tmp_path / "parts", np.random.default_rng(4)
    folder.mkdir()
    for number in range(N_FRAMES):
        cv2.imwrite(
            str(folder / f"{number:03d}.png"), rng.integers(0, 255, (120, 160, 3), np.uint8)
        )
    program, path = InProcess(tmp_path / "home"), tmp_path / "parts.fieldcheck"
    program.document("new", path, "--model", paths.get_resource_path("demo") / "model.onnx")
    program.document("import", path, folder)
    program.document("pick", path, "--count", N_FRAMES)
    return path


@pytest.fixture
def started():
    """Every process that was started; those that still run at the end of the test are ended."""
    processes = []
    yield processes
    for process in processes:
        if process.poll() is None:
            end(process)


def start(program, project, what, started):
    command = [sys.executable, "-m", "tests.journeys.labelling_until_killed", str(project), what]
    environment = {
        name: value
        for name, value in program.environment.items()
        if name not in ("QT_QPA_PLATFORM", "DISPLAY")
    }
    started.append(
        subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
        )
    )
    return started[-1]


def end(process):
    """Kills it and the display it made for itself, which belongs to its session."""
    os.killpg(process.pid, 9)
    out, _ = process.communicate(timeout=60)
    return out.splitlines()


def taken_back_and_done_again(asked, project, before):
    """The last twenty acts are undone, where there are so many, and done again: the labels are as
    before. Whether there were so many."""
    if before["undo_depth"] <= 20:
        return False
    undone = asked("undo", project, "--count", 20)
    assert (before["undo_depth"] - undone["undo_depth"], undone["redo_depth"]) == (20, 20)
    assert asked("label", "show", project)["labels"] != before["labels"]
    asked("redo", project, "--count", 20)
    assert asked("label", "show", project)["labels"] == before["labels"]
    return True


@pytest.mark.long
@pytest.mark.full("window_kills")
def test_acknowledged_labels_stay_and_twenty_undo(tmp_path, project, started, counts, evidence):
    program = Program(tmp_path / "home")
    asked = InProcess(tmp_path / "home").document
    chance = random.Random(11)
    n_kills, acknowledged, n_told, restarts = counts(ci=4, full=200), set(), 0, 0
    # acts that are no labels, which the Label screen does not take back
    others = asked("label", "show", project)["undo_depth"]
    for _ in range(n_kills):
        process = start(program, project, "label", started)
        first = process.stdout.readline().strip()  # it labels now
        assert first
        time.sleep(chance.uniform(0.0, 1.0))
        told = [first, *end(process)]
        n_told += len(told)
        acknowledged |= set(told)
        shown = asked("label", "show", project)
        assert acknowledged <= {label["frame_id"] for label in shown["labels"]}
        restarts += taken_back_and_done_again(asked, project, shown)
    # A machine with much to do stores few labels before a kill.
    while (before := asked("label", "show", project)["undo_depth"]) < others + 20:
        process = start(program, project, "label", started)
        assert process.stdout.readline()
        end(process)
    process = start(program, project, "undo20", started)
    assert process.stdout.readline().strip() == "undone"
    process.communicate(timeout=60)
    after = asked("label", "show", project)
    assert before - after["undo_depth"] == 20
    assert after["redo_depth"] == 20
    assert asked("check", project)["ok"]
    evidence(
        kills=n_kills,
        acknowledged_labels=n_told,
        lost=0,
        undone_after_restart=20,
        restarts_after_which_twenty_were_undone=restarts,
    )
