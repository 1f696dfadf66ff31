from math import inf

import numpy as np
import pytest

from fieldcheck.corruptions.catalogue import CATALOG, FAVOURITES, apply_corruption
from fieldcheck.corruptions.live_frame import (
    begin_frame,
    compute_similarity,
    make_recipe,
    make_still_result,
    make_thumbnails,
    process_frame,
)
from fieldcheck.errors.files import PathMissing
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from fieldcheck.imaging.similarity import compute_psnr, compute_ssim
from fieldcheck.models.preprocess import make_model_input
from fieldcheck.models.time_limit import SerialWorker
from tests import makers
from tests.models.live_models import boxes_of, colours_of, named

RED = makers.picture("red", size=(120, 160))


@pytest.fixture
def model(tmp_path):
    return colours_of(tmp_path)


def test_the_favourites_are_corruptions_of_the_catalogue():
    assert len(FAVOURITES) == 9
    assert set(FAVOURITES) <= set(CATALOG)


@pytest.mark.parametrize("name", FAVOURITES)
def test_a_still_is_the_corrupted_frame_with_its_answer(model, name):
    found = make_still_result(RED, model, name, 3, seed=5)
    runner = get_shared_runner(model)
    assert np.array_equal(found.corrupted, apply_corruption(RED, name, 3, 5))
    assert np.array_equal(found.original, RED)
    assert np.array_equal(found.answer.answer, runner.predict([found.corrupted])[0][0])
    assert np.array_equal(found.clean.answer, runner.predict([RED])[0][0])
    assert np.array_equal(
        found.input_image, make_model_input(found.corrupted, runner.card.input).rgb
    )
    assert found.crop == (0, 0, 160, 120)
    assert found.model_ms > 0


def test_several_corruptions_are_done_one_after_the_other(model):
    frame = CapturedFrame(RED.view(), 0, 0.0, "")
    found = process_frame(
        frame,
        make_recipe("jpeg", 3, under=(("dark", 1.0), ("motion", 3.0))),
        get_shared_runner(model),
        5,
    )
    wanted = apply_corruption(
        apply_corruption(apply_corruption(RED, "dark", 1, 5), "motion", 3, 5), "jpeg", 3, 5
    )
    assert np.array_equal(found.corrupted, wanted)
    assert found.recipe.steps == (("dark", 1.0), ("motion", 3.0), ("jpeg", 3.0))


def test_a_frame_that_is_begun_beside_another_thread_gets_the_answers_it_has_alone(model):
    frame = CapturedFrame(RED.view(), 3, 0.0, "belt")
    recipe = make_recipe("dark", 3)
    runner = get_shared_runner(model)
    alone = process_frame(frame, recipe, runner, 5)
    with SerialWorker() as beside:
        begun = begin_frame(frame, recipe, runner, 5, beside=beside)
        assert (begun.result.answer, begun.result.input_image) == (None, None)
        found = beside.submit(begun.finish).result()
    assert np.array_equal(found.answer.answer, alone.answer.answer)
    assert np.array_equal(found.clean.answer, alone.clean.answer)
    assert np.array_equal(found.input_image, alone.input_image)
    assert found.answer.subject == found.clean.subject == "belt#3"
    known = begin_frame(frame, recipe, runner, 5, clean=alone.answer).finish()
    assert known.clean.answer is alone.answer.answer


def test_no_more_than_three_are_combined():
    with pytest.raises(ValueError, match="at most 3"):
        make_recipe("jpeg", 3, under=(("dark", 1.0), ("motion", 3.0), ("haze", 1.0)))
    with pytest.raises(ValueError, match="no corruption is called"):
        make_recipe("jpeg", 3, under=(("fire", 1.0),))


def test_the_same_seed_gives_the_same_still(model):
    one, other = (make_still_result(RED, model, "occlusion", 4, seed=9) for _ in range(2))
    assert np.array_equal(one.corrupted, other.corrupted)
    assert one.uncertainty == other.uncertainty


@pytest.mark.parametrize(("name", "severity"), [("", 3), ("dark", 0), ("", 0)])
def test_nothing_done_is_one_picture_and_one_answer(model, name, severity):
    found = make_still_result(RED, model, name, severity, seed=0)
    assert found.corrupted is found.original
    assert found.clean is found.answer
    assert not found.answer_changed
    assert found.get_top(1)[0].name == "red"


def test_a_changed_answer_is_marked(tmp_path):
    # as sure as the picture is red, so half the light takes its box away
    model = boxes_of(tmp_path)
    found = make_still_result(RED, model, "dark", 5, seed=0)
    assert len(found.get_clean_boxes()) == 1
    assert len(found.get_boxes()) == 0
    assert found.answer_changed
    assert not make_still_result(RED, model, "jpeg", 1, seed=0).answer_changed


def test_without_a_model_there_are_pictures_only():
    found = make_still_result(RED, None, "dark", 3, seed=0)
    assert found.input_image is None
    assert found.answer is found.clean is found.card is None
    assert np.array_equal(found.corrupted, apply_corruption(RED, "dark", 3, 0))


def test_the_callers_picture_is_left_alone(model):
    mine = RED.copy()
    make_still_result(mine, model, "dark", 3, seed=0)
    assert mine.flags.writeable
    assert np.array_equal(mine, RED)


@pytest.mark.parametrize(("name", "severity"), [("rust", 1), ("dark", 6), ("dark", -1)])
def test_what_the_catalogue_does_not_know_is_refused(name, severity):
    with pytest.raises(ValueError, match=r"severity|corruption"):
        make_recipe(name, severity)
    with pytest.raises(ValueError, match=r"severity|corruption"):
        make_thumbnails(RED, [name], severity, 64, 0)


def test_a_model_that_went_away_is_told(tmp_path):
    with pytest.raises(PathMissing):
        make_still_result(RED, ModelFile(str(tmp_path / "gone.onnx"), "", "{}"), "dark", 3, 0)


def test_thumbnails_show_each_corruption_on_the_whole_frame_made_small():
    found = make_thumbnails(RED, FAVOURITES, 3, 64, seed=2)
    assert tuple(found) == FAVOURITES
    assert {picture.shape for picture in found.values()} == {(48, 64, 3)}
    assert found["dark"].mean() < RED.mean() / 2
    assert len({picture.tobytes() for picture in found.values()}) == len(FAVOURITES)


def test_a_spot_covers_the_same_share_of_thumbnail_and_frame():
    grey = np.full((480, 640, 3), 120, np.uint8)
    small = make_thumbnails(grey, ["occlusion"], 4, 160, seed=1)["occlusion"]
    whole = apply_corruption(grey, "occlusion", 4, 1)
    covered = [float((picture != 120).any(axis=2).mean()) for picture in (small, whole)]
    assert covered[0] == pytest.approx(covered[1], abs=0.01)


def test_the_likeness_is_that_of_frame_and_corrupted_frame():
    found = make_still_result(RED, None, "gauss_noise", 3, seed=5)
    assert compute_similarity(found) == (
        compute_psnr(found.original, found.corrupted),
        compute_ssim(found.original, found.corrupted),
    )
    assert compute_similarity(make_still_result(RED, None, "", 0, seed=5)) == (inf, 1.0)


def test_instances_are_shown_with_their_boxes_and_what_corruption_took(tmp_path):
    model = named(makers.instance_model(tmp_path / "instances.onnx"))
    clean = make_still_result(RED, model, "", 0, seed=1)
    dark = make_still_result(RED, model, "dark", 5, seed=1)
    assert [(one.name, one.probability > 0.5) for one in clean.get_top(3)] == [("part", True)]
    assert clean.get_boxes()[:, :4].tolist() == [[0, 0, 80, 60]]
    assert (dark.get_top(3), len(dark.get_clean_boxes()), dark.answer_changed) == ((), 1, True)
    assert dark.uncertainty > 0
