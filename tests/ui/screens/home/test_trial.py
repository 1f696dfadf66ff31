import numpy as np
import pytest

from fieldcheck.models.try_model import try_model
from fieldcheck.progress import NullProgress
from fieldcheck.ui.context import TRIAL_KEPT
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.screens.home.captions import ModelInputImages
from fieldcheck.ui.screens.home.trial import (
    MOST_SAID,
    TrialPage,
    TrialPresenter,
    TrialResult,
    build_trial_result,
)
from tests import makers

RGB = np.zeros((48, 64, 3), np.uint8)
SHOWN = TrialResult(
    ModelInputImages(RGB, RGB[:32, :32].copy(), (8, 0, 56, 48), "part.png"), "net: classification",
    "part", ("scaled",), ("red 0.90", "blue 0.10"),
)  # fmt: skip


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


@pytest.fixture
def picture(tmp_path):
    return makers.save_picture(tmp_path / "part.png", "red")


@pytest.fixture
def tried(alone, fake):
    """A trial on a window without a project, what its page was told, and how often another page was
    asked for."""
    view, asked = fake(), []
    made = TrialPresenter(alone, view, lambda: asked.append(1))
    made.enter()
    return made, view, asked


def test_a_model_and_a_picture_need_no_project(tried, material, picture, settle):
    made, view, asked = tried
    made.on_files_dropped([picture, material / "net.onnx"])
    settle()
    assert (made.trying, asked) == (True, [1])
    (shown,) = view.told["show_result"]
    assert isinstance(shown, TrialResult)
    assert shown.model == "net: classification, input 32 × 32, 3 classes"
    assert shown.predictions[0].startswith("red ")
    assert shown.part == "64 × 48, fully visible to the model"


def test_boxes_are_drawn_on_the_picture_with_number_name_and_score(material, picture):
    shown = build_trial_result(try_model(material / "box.onnx", [picture], None, NullProgress()))
    (mark,) = shown.images.marks
    assert (mark.box, mark.caption.split()[0]) == ((0, 0, 32, 24), "part")


def test_of_many_answers_the_first_are_said_and_the_rest_counted(tmp_path, picture):
    trial = try_model(makers.colour_model(tmp_path / "net.onnx"), [picture], None, NullProgress())
    said = trial.tried[0].predictions * 3
    many = type(trial.tried[0])(
        picture, trial.tried[0].rgb, trial.tried[0].input_image, trial.tried[0].crop, said, False
    )
    shown = build_trial_result(
        type(trial)(trial.name, trial.sha256, trial.card, trial.preprocessing_record, (many,))
    )
    assert len(shown.predictions) == MOST_SAID + 1
    assert shown.predictions[-1] == f"and {len(said) - MOST_SAID} more"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "reason"), [("bad.onnx", "an ONNX model"), ("net.onnx", "part.png is damaged")]
)
def test_what_cannot_be_read_is_said_on_the_page(tried, material, tmp_path, settle, name, reason):
    made, view, _ = tried
    (tmp_path / "bad.onnx").write_text("diary")
    (tmp_path / "torn part.png").write_bytes(b"\x89PNG torn")
    paths = [material / name if name == "net.onnx" else tmp_path / name, tmp_path / "torn part.png"]
    made.on_files_dropped(paths)
    settle()
    assert made.trying
    assert reason in view.told["show_error"][0]


@pytest.mark.long
def test_an_image_is_run_by_the_model(tried, window, open_in_window, footed, picture, settle):
    made, view, _ = tried
    assert not made.has_model
    made.on_files_dropped([picture])
    assert not made.trying
    assert "together" in window.messages.history[-1].text
    footed.close()
    open_in_window(footed.path)
    made.on_files_dropped([picture])
    settle()
    assert view.told["show_result"][0].predictions[0].startswith("red ")


def test_what_came_while_the_screen_was_left_is_shown_on_return(tried, material, picture, settle):
    made, view, _ = tried
    made.on_files_dropped([picture, material / "net.onnx"])
    made.leave()
    settle()
    assert "show_result" not in view.told
    made.enter()
    assert "show_result" in view.told


@pytest.mark.long
def test_a_rebuilt_window_tries_the_same_again(tried, alone, fake, material, picture, settle):
    made, _, _ = tried
    made.on_files_dropped([picture, material / "net.onnx"])
    made.leave()
    view = fake()
    again = TrialPresenter(alone, view, lambda: None)
    again.enter()
    settle()
    assert again.trying
    assert "show_result" in view.told
    again.end()
    assert TRIAL_KEPT not in alone.session_values


def test_whoever_is_done_hears_nothing_more(tried, material, picture, settle):
    made, view, _ = tried
    made.on_files_dropped([picture, material / "net.onnx"])
    made.end()
    settle()
    assert not made.trying
    assert "show_result" not in view.told


@pytest.mark.long
def test_a_model_without_a_card_is_tried_with_a_proposed_one_and_with_its_own_where_that_is_dropped_too(
    tried, tmp_path, picture, settle
):
    made, view, _ = tried
    model = makers.colour_model(tmp_path / "stranger.onnx")
    model.with_suffix(".card.json").unlink()
    made.on_files_dropped([picture, model])
    settle()
    assert "show_error" not in view.told
    (shown,) = view.told["show_result"]
    assert shown.proposed.startswith("Proposed values, not confirmed: Task, Classes, Input")
    made.on_files_dropped([makers.write_card(tmp_path / "own.json", makers.CARD), model, picture])
    settle()
    shown = view.told["show_result"][-1]
    assert shown.predictions[0].split()[0] in makers.CARD["classes"]
    assert shown.proposed == ""


@pytest.mark.long
def test_where_no_known_output_fits_the_card_is_asked_for(tried, tmp_path, picture, settle):
    made, view, _ = tried
    model = makers.mask_model(tmp_path / "bare.onnx")
    model.with_suffix(".card.json").unlink()
    made.on_files_dropped([model, picture])
    settle()
    (said,) = view.told["show_error"]
    assert "bare.onnx" in said
    assert "Drop the model card" in said
    assert "--card" not in said
