import json
from pathlib import Path

import numpy as np
import pytest

from fieldcheck import resources
from fieldcheck.corruption.apply import corrupt
from fieldcheck.files import sha256_file
from fieldcheck.imaging.codec import read_picture
from fieldcheck.progress import Cancelled
from fieldcheck.workflows.footage.triage import ModelFile, runner_for
from fieldcheck.workflows.pick.sensitivity import changed
from fieldcheck.workflows.stress.tipping import CLOSE_ENOUGH, STEP, tipping_point

DEMO = resources.path("demo")
FLIPPING = ("defocus", "haze")


@pytest.fixture(scope="module")
def model():
    card = (DEMO / "model.card.json").read_text()
    return ModelFile(str(DEMO / "model.onnx"), sha256_file(DEMO / "model.onnx"), json.dumps(json.loads(card)))


def frames(n):
    listed = sorted(Path(DEMO / "benchmark").rglob("*.jpg"))
    return [read_picture(path) for path in listed[:: len(listed) // n][:n]]


def scanned(rgb, corruption, model, seed):
    """The first half step at which the answer is another; None without one."""
    runner = runner_for(model)
    clean = runner.answers([rgb])[0][0]
    for severity in np.arange(STEP, 5 + STEP / 2, STEP):
        if changed(clean, runner.answers([corrupt(rgb, corruption, float(severity), seed)])[0][0], runner.card):
            return float(severity)
    return None


@pytest.mark.full("tipping_points")
def test_the_point_lies_in_the_first_half_step_that_flips(model, counts, evidence):
    n, n_flipped = counts(ci=8, full=200), 0
    for number, rgb in enumerate(frames(n)):
        corruption = FLIPPING[number % 2]
        wanted, found = scanned(rgb, corruption, model, number), tipping_point(rgb, corruption, model, number)
        assert (found is None) == (wanted is None)
        if wanted is not None:
            n_flipped += 1
            assert wanted - STEP < found <= wanted
    assert n_flipped >= n // 2
    evidence(frames=n, flipped=n_flipped)


def test_at_the_point_the_answer_is_another_and_a_hair_below_it_is_not(model):
    rgb = frames(4)[1]
    asked = []
    found = tipping_point(rgb, "defocus", model, 3, lambda: asked.append(1))
    assert len(asked) <= 1 + 10 + 4
    runner = runner_for(model)
    at, below = (corrupt(rgb, "defocus", severity, 3) for severity in (found, found - CLOSE_ENOUGH))
    clean, tipped, kept = (runner.answers([one])[0][0] for one in (rgb, at, below))
    assert changed(clean, tipped, runner.card)
    assert not changed(clean, kept, runner.card)


def test_waiting_can_be_ended(model):
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        tipping_point(frames(4)[0], "jpeg", model, 0, check)
    assert len(asked) == 3


def test_an_unknown_corruption_is_refused(model):
    with pytest.raises(ValueError, match="no corruption is called"):
        tipping_point(frames(4)[0], "fire", model, 0)
