"""Named pipes at every door where a file is expected: whoever opens one waits for somebody who
writes, so none is opened."""

import os
import shutil
import signal

import pytest

from tests import makers

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
MOST_S = 20.0  # also beside a busy machine; one that was opened would take for ever


@pytest.fixture
def doors(made, material, tmp_path):
    """By name: the words of a command that is given a pipe."""
    shutil.copytree(made["labelled"], tmp_path / "p.fieldcheck")
    for name in (
        "pipe.png", "pipe.avi", "pipe.onnx", "pipe.csv", "pipe.json", "pipe.txt", "pipe.fieldcheck",
        "day/pipe.png", "set/red/a.png",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(tmp_path / name)
    makers.save_picture(tmp_path / "set" / "red" / "b.png", "red")
    for name, member in (("q.fieldcheck", "project.db"), ("r.fieldcheck", "lock")):
        path = shutil.copytree(made["empty"], tmp_path / name) / member
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    at, here, net = tmp_path / "p.fieldcheck", tmp_path, material / "net.onnx"
    return {
        "picture": ("import", at, here / "pipe.png"),
        "folder": ("import", at, here / "day"),
        "video": ("import", at, here / "pipe.avi"),
        "camera": ("capture", at, "--source", here / "pipe.avi", "--seconds", "1"),
        "model": ("model", "set", at, here / "pipe.onnx"),
        "card": ("model", "set", at, net, "--card", here / "pipe.json"),
        "log": ("model", "set", at, net, "--log", here / "pipe.csv"),
        "labels": ("label", "import", at, here / "pipe.csv"),
        "benchmark": ("benchmark", "set", at, here / "pipe.json"),
        "benchmark picture": ("benchmark", "set", at, here / "set"),
        "classes": ("new", here / "n.fieldcheck", "--classes", here / "pipe.txt"),
        "try": ("try", net, here / "pipe.png"),
        "project": ("check", here / "pipe.fieldcheck"),
        "database": ("check", here / "q.fieldcheck"),
        "lock": ("check", here / "r.fieldcheck"),
    }


@pytest.fixture
def impatient():
    """A call into the system that waits for longer is broken off."""

    def enough(_number, _frame):
        raise RuntimeError("it waits for a pipe")

    before = signal.signal(signal.SIGALRM, enough)
    yield lambda: signal.setitimer(signal.ITIMER_REAL, MOST_S)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_no_door_opens_a_pipe(terminal, doors, impatient):
    told = {}
    for name, words in doors.items():
        impatient()
        told[name] = terminal(*words)
    assert {
        name: outcome.err
        for name, outcome in told.items()
        if name != "folder" and outcome.code != 1
    } == {}
    assert told["folder"].code in (0, 1)  # the pipe is skipped, what else is there comes in
    assert {
        name
        for name, outcome in told.items()
        if name != "folder" and len(outcome.err.strip().splitlines()) != 1
    } == set()
