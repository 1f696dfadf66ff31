import numpy as np
import pytest

from fieldcheck.ui.jobs import Job
from fieldcheck.ui.screens.home.captions import ModelInputImages
from fieldcheck.ui.screens.home.trial import TrialPage, TrialResult

RGB = np.zeros((48, 64, 3), np.uint8)
SHOWN = TrialResult(
    ModelInputImages(RGB, RGB[:32, :32].copy(), (8, 0, 56, 48), "part.png"),
    "net: classification",
    "part",
    ("scaled",),
    ("red 0.90", "blue 0.10"),
)


@pytest.fixture
def page(look, shown):
    return shown(TrialPage(look))


def test_while_the_model_is_looked_at_only_that_is_shown(page):
    page.show_result(SHOWN)
    page.show_job(Job("Try model"))
    assert page.strip.isVisible()
    assert not page.eye.isVisible()
    assert page.error_text == ""


def test_picture_input_and_answer_stand_side_by_side(page):
    page.show_job(None)
    page.show_result(SHOWN)
    assert page.eye.isVisible()
    assert page.prediction_text.splitlines() == ["red 0.90", "blue 0.10"]
    assert page.eye.frame.title == "Camera frame 64 × 48"
    assert page.eye.input.title == "Model input 32 × 32"


def test_what_is_wrong_takes_the_place_of_the_answer(page):
    page.show_job(Job("Try model"))
    page.show_error("It is no model.")
    assert page.error_text == "It is no model."
    assert not page.strip.isVisible()
    assert not page.eye.isVisible()
