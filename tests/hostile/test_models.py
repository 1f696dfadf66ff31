"""A model whose loop is counted by a pixel: it passes the trial on zeros, ends by its time limit, and Ctrl-C reaches it."""

import signal
import subprocess
import time

import cv2
import numpy as np
import pytest

from fieldcheck.domain.model_card import card_from_json
from fieldcheck.errors import ModelRejected
from fieldcheck.inference import open_model
from fieldcheck.inference.runner import ModelRunner
from tests import makers
from tests.hostile import models
from tests.journeys.program import Program

LIMIT_S = 0.5
MOST_S = 5.0


@pytest.fixture
def model(tmp_path):
    return models.counted_by_a_pixel(tmp_path / "net.onnx")


@pytest.fixture
def bright(tmp_path):
    """A benchmark of three bright pictures; `dark` beside it has three that the loop does not count."""
    for at, colour in enumerate(("red", "green", "blue")):
        for name, value in (("bright", 255), ("dark", 60)):
            folder = tmp_path / name / colour
            folder.mkdir(parents=True)
            pixels = np.zeros((32, 32, 3), np.uint8)
            pixels[..., 2 - at] = value
            assert cv2.imwrite(str(folder / "1.png"), pixels)
    return tmp_path / "bright"


def commands(model, folder, project):
    """The commands by which a picture reaches a model first, each as its arguments."""
    return [
        ("try", model, folder / "red" / "1.png"),
        ("run", project, "--on", "benchmark"),
        ("model", "check", model, "--labelled", folder),
    ]


def test_a_dark_picture_is_answered(terminal, model, bright):
    (picture,) = terminal.document("try", model, bright.parent / "dark" / "red" / "1.png")["pictures"]
    assert picture["answers"][0]["class"] == "red"


def test_a_run_that_does_not_end_is_told_with_its_limit(terminal, model, bright, tmp_path, monkeypatch):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project, "--model", model)
    terminal.document("benchmark", "set", project, bright.parent / "dark")
    terminal.document("run", project, "--on", "benchmark")
    terminal.document("benchmark", "set", project, bright)
    monkeypatch.setattr(open_model, "RUN_SECONDS", LIMIT_S)
    for arguments in commands(model, bright, project):
        began = time.monotonic()
        assert f"no answer in time when it was tried ({LIMIT_S:g} s)" in terminal.refusal(*arguments)
        assert time.monotonic() - began < MOST_S, arguments[0]


def test_what_does_not_end_while_batches_are_measured_is_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(open_model, "RUN_SECONDS", LIMIT_S)
    path = models.counted_by_a_pixel(tmp_path / "net.onnx", batch=None)
    with pytest.raises(ModelRejected) as refused:
        ModelRunner(open_model.open_model(path), card_from_json(makers.COLOUR_CARD))
    assert refused.value.problem == "time"


@pytest.mark.full("hostile_loops")
def test_ctrl_c_reaches_a_run_that_does_not_end(terminal, model, bright, tmp_path, counts):
    """Each command is given the dark pictures first, which tells how long it takes until the bright ones are in the loop."""
    project, program = tmp_path / "p.fieldcheck", Program(tmp_path / "home")
    terminal.document("new", project, "--model", model)
    dark = bright.parent / "dark"
    terminal.document("benchmark", "set", project, dark)
    harmless, endless = commands(model, dark, project), commands(model, bright, project)
    for good, bad in list(zip(harmless, endless, strict=True))[: counts(ci=1, full=3)]:
        began = time.monotonic()
        assert program(*good).code == 0
        usual = time.monotonic() - began
        if bad[0] == "run":
            terminal.document("benchmark", "set", project, bright)
        process = program.start(*bad)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2 * usual + 1)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (130, "", ""), bad[0]
        assert time.monotonic() - began < MOST_S, bad[0]
