import json
from pathlib import Path

import numpy as np
import pytest

from fieldcheck import resources
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.corruptions.live_frame import CLOSE_ENOUGH, STEP, find_tipping_point
from fieldcheck.files import sha256_file
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from fieldcheck.imaging.codec import read_image
from fieldcheck.progress import Cancelled
from fieldcheck.sampling.hardness import compute_answer_change

DEMO = resources.get_resource_path("demo")
FLIPPING = ("defocus", "haze")


@pytest.fixture(scope="module")
def model():
    card = (DEMO / "model.card.json").read_text()
    return ModelFile(
        str(DEMO / "model.onnx"), sha256_file(DEMO / "model.onnx"), json.dumps(json.loads(card))
    )


def frames(n):
    listed = sorted(Path(DEMO / "benchmark").rglob("*.jpg"))
    return [read_image(path) for path in listed[:: len(listed) // n][:n]]


def scanned(rgb, corruption, model, seed):
    """The first half step at which the answer is another; None without one."""
    runner = get_shared_runner(model)
    clean = runner.predict([rgb])[0][0]
    for severity in np.arange(STEP, 5 + STEP / 2, STEP):
        if compute_answer_change(
            clean,
            runner.predict([apply_corruption(rgb, corruption, float(severity), seed)])[0][0],
            runner.card,
        ):
            return float(severity)
    return None


@pytest.mark.full("tipping_points")
def test_the_point_lies_in_the_first_half_step_that_flips(model, counts, evidence):
    n, n_flipped = counts(ci=8, full=200), 0
    for number, rgb in enumerate(frames(n)):
        corruption = FLIPPING[number % 2]
        wanted = scanned(rgb, corruption, model, number)
        found = find_tipping_point(rgb, corruption, model, number)
        assert (found is None) == (wanted is None)
        if wanted is not None:
            n_flipped += 1
            assert wanted - STEP < found <= wanted
    assert n_flipped >= n // 2
    evidence(frames=n, flipped=n_flipped)


def test_at_the_point_the_answer_is_another_and_a_hair_below_it_is_not(model):
    rgb = frames(4)[1]
    asked = []
    found = find_tipping_point(rgb, "defocus", model, 3, lambda: asked.append(1))
    assert len(asked) <= 1 + 10 + 4
    runner = get_shared_runner(model)
    at, below = (
        apply_corruption(rgb, "defocus", severity, 3) for severity in (found, found - CLOSE_ENOUGH)
    )
    clean, tipped, kept = (runner.predict([one])[0][0] for one in (rgb, at, below))
    assert compute_answer_change(clean, tipped, runner.card)
    assert not compute_answer_change(clean, kept, runner.card)


def test_waiting_can_be_ended(model):
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        find_tipping_point(frames(4)[0], "jpeg", model, 0, check)
    assert len(asked) == 3


def test_an_unknown_corruption_is_refused(model):
    with pytest.raises(ValueError, match="no corruption is called"):
        find_tipping_point(frames(4)[0], "fire", model, 0)
