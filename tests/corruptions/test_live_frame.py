import json
from concurrent.futures import ThreadPoolExecutor
from math import inf, isnan, nan
from pathlib import Path

import numpy as np
import pytest

from fieldcheck import paths
from fieldcheck.corruptions.catalogue import CATALOG, FAVOURITES, apply_corruption
from fieldcheck.corruptions.live_frame import (
    CLOSE_ENOUGH,
    STEP,
    LiveCorruption,
    LiveResult,
    TopPrediction,
    add_kept_pair,
    begin_frame,
    compute_similarity,
    compute_uncertainty,
    find_tipping_point,
    list_kept_pairs,
    make_recipe,
    make_thumbnails,
    process_frame,
    remove_kept_pair,
)
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.errors.files import PathMissing
from fieldcheck.files import sha256_file
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.quality import compute_psnr, compute_ssim
from fieldcheck.models.preprocess import make_model_input
from fieldcheck.progress import Cancelled
from fieldcheck.sampling.hardness import compute_answer_change
from tests import makers
from tests.corruptions.still_result import make_still_result
from tests.models.live_models import boxes_of, colours_of, named

RED = makers.picture("red", size=(120, 160))


@pytest.fixture
def result(tmp_path):
    return make_still_result(RED, colours_of(tmp_path), "dark", 3.0, seed=5)


def test_a_pair_keeps_both_pictures_what_was_done_and_both_answers(empty, result):
    pair = add_kept_pair(empty, result, makers.NOW)
    assert list_kept_pairs(empty) == (pair,)
    assert (pair.steps, pair.seed, pair.said_before) == ((("dark", 3.0),), 5, ("red",))
    assert pair.sure_before == pytest.approx(float(result.clean.answer[0]))
    for file, rgb in ((pair.before, result.original), (pair.after, result.corrupted)):
        kept = read_image(empty.path / file)
        assert kept.shape == rgb.shape
        assert np.abs(kept.astype(int).mean(axis=(0, 1)) - rgb.mean(axis=(0, 1))).max() < 2


def test_the_same_pair_is_kept_once(empty, result):
    add_kept_pair(empty, result, makers.NOW)
    add_kept_pair(empty, result, makers.LATER)
    assert [pair.at for pair in list_kept_pairs(empty)] == [makers.LATER]


def test_keeping_and_dropping_can_be_undone(empty, result):
    pair = add_kept_pair(empty, result, makers.NOW)
    remove_kept_pair(empty, pair.key)
    assert list_kept_pairs(empty) == ()
    empty.undo()
    assert list_kept_pairs(empty) == (pair,)
    assert (empty.path / pair.after).is_file()


def test_a_frame_to_which_nothing_is_done_is_no_pair(empty, tmp_path):
    with pytest.raises(ValueError, match="what a corruption makes"):
        add_kept_pair(empty, make_still_result(RED, colours_of(tmp_path), "", 0, 0), makers.NOW)


def test_a_detector_that_finds_nothing_keeps_that(empty, tmp_path):
    result = make_still_result(RED, boxes_of(tmp_path), "dark", 5, 0)
    pair = add_kept_pair(empty, result, makers.NOW)
    assert (len(pair.said_before), pair.said_after) == (1, ())
    assert isnan(pair.sure_after)
    assert isnan(list_kept_pairs(empty)[0].sure_after)


CLASSES = parse_card({**makers.COLOUR_CARD, "output": {"kind": "softmax"}})
LABELS = parse_card({**makers.COLOUR_CARD, "task": "multilabel", "output": {"kind": "sigmoid"}})
BOXES = parse_card(makers.BOX_CARD)
INSTANCES = parse_card(makers.INSTANCE_CARD)


def said(*values):
    return Prediction("belt#7", np.array(values, np.float32))


def boxes(*scores):
    return Prediction(
        "belt#7", np.array([[0, 0, 9, 9, score, 1] for score in scores], np.float32).reshape(-1, 6)
    )


def decides(**output):
    """The card of the colours with thresholds."""
    return parse_card({**makers.COLOUR_CARD, "output": {"kind": "softmax", **output}})


def test_the_class_that_reaches_its_threshold_stands_first_whatever_its_probability():
    decided = decides(thresholds={"blue": 0.1})
    found = live_result(decided, said(0.7, 0.1, 0.2), said(0.9, 0.06, 0.04))
    assert [one.name for one in found.get_top(3)] == ["blue", "red", "green"]
    assert found.get_clean_top(1)[0].name == "red"


@pytest.mark.parametrize(("least", "person"), [(0.5, False), (0.8, True)])
def test_an_answer_below_the_level_of_the_card_goes_to_a_person(least, person):
    assert live_result(decides(abstain=least), said(0.7, 0.1, 0.2)).needs_person is person
    assert not live_result(CLASSES, said(0.1, 0.1, 0.1)).needs_person
    assert live_result(decides(abstain=least), said(nan, nan, nan)).needs_person


def live_result(card=None, answer=None, clean=None, **more):
    rgb = np.zeros((6, 8, 3), np.uint8)
    values = {
        "index": 7, "t_s": 0.7, "source": "belt", "original": rgb, "corrupted": rgb.copy(),
        "crop": (0.0, 0.0, 8.0, 6.0),
    }  # fmt: skip
    return LiveResult(
        **values, recipe=LiveCorruption("dark", 3.0, 4), seed=0, card=card, answer=answer,
        clean=clean, **more,
    )  # fmt: skip


def test_the_best_classes_come_first_and_equal_ones_in_their_order():
    found = live_result(CLASSES, said(0.25, 0.5, 0.25), said(0.7, 0.2, 0.1))
    assert found.get_top(2) == (TopPrediction(1, "green", 0.5), TopPrediction(0, "red", 0.25))
    assert [one.name for one in found.get_top(9)] == ["green", "red", "blue"]
    assert found.get_clean_top(1)[0].name == "red"
    assert found.get_clean_probability(1) == pytest.approx(0.2)


def test_the_best_boxes_are_those_above_the_threshold():
    found = live_result(BOXES, boxes(0.9, 0.6, 0.3), boxes(0.8))
    expected = [("hole", 0.9), ("hole", 0.6)]
    assert [(one.name, round(one.probability, 2)) for one in found.get_top(5)] == expected
    assert len(found.get_boxes()) == 2
    assert len(found.get_clean_boxes()) == 1
    assert isnan(found.get_clean_probability(0))


def test_without_a_model_there_is_nothing_to_list():
    found = live_result()
    assert found.get_top(3) == found.get_clean_top(3) == ()
    assert found.get_boxes().shape == found.get_clean_boxes().shape == (0, 6)
    assert isnan(found.uncertainty)


def test_a_classifier_has_no_boxes():
    assert live_result(CLASSES, said(1, 0, 0), said(1, 0, 0)).get_boxes().shape == (0, 6)


def test_an_answer_that_is_not_finite_has_no_best_class_and_no_doubt():
    nothing = Prediction("belt#7", np.full(3, np.nan, np.float32), nan=True)
    assert live_result(CLASSES, nothing, nothing).get_top(3) == ()
    assert isnan(compute_uncertainty(CLASSES, nothing))


def test_pictures_in_a_result_cannot_be_written():
    found = live_result(input_image=np.zeros((2, 2, 3), np.uint8))
    cases = (found.original, found.corrupted, found.input_image)
    assert not any(picture.flags.writeable for picture in cases)


def test_the_recipe_stands_in_the_result():
    found = live_result()
    assert (found.corruption, found.severity, found.recipe.number) == ("dark", 3.0, 4)


@pytest.mark.parametrize(("recipe", "changes"), [
    (LiveCorruption(), False),
    (LiveCorruption("dark", 0.0), False),
    (LiveCorruption("", 3.0), False),
    (LiveCorruption("dark", 0.5), True),
])  # fmt: skip
def test_a_recipe_of_nothing_changes_nothing(recipe, changes):
    assert recipe.has_effect is changes


def test_doubt_of_a_classifier_is_its_entropy_as_a_share_of_the_most():
    assert compute_uncertainty(CLASSES, said(1, 0, 0)) == 0
    assert compute_uncertainty(CLASSES, said(1 / 3, 1 / 3, 1 / 3)) == pytest.approx(1, abs=1e-6)
    actual = compute_uncertainty(CLASSES, said(0.5, 0.5, 0))
    assert actual == pytest.approx(np.log(2) / np.log(3), abs=1e-6)


def test_doubt_of_labels_that_stand_for_themselves_is_their_mean():
    assert compute_uncertainty(LABELS, said(0.5, 1, 0)) == pytest.approx(1 / 3, abs=1e-6)
    card = {**makers.COLOUR_CARD, "classes": ["defect"], "output": {"kind": "sigmoid"}}
    single = parse_card(card)
    assert compute_uncertainty(single, said(0.5)) == pytest.approx(1, abs=1e-6)


def test_doubt_of_a_detector_is_about_the_boxes_it_shows_or_else_about_its_best_candidate():
    assert compute_uncertainty(BOXES, boxes(1.0, 0.5, 0.1)) == pytest.approx(0.5, abs=1e-6)
    actual = compute_uncertainty(BOXES, boxes(0.25, 0.1))
    assert actual == pytest.approx(compute_uncertainty(BOXES, boxes(0.75)), abs=1e-6)
    assert compute_uncertainty(BOXES, boxes()) == 0


@pytest.mark.parametrize("card", [CLASSES, LABELS])
def test_doubt_lies_between_nothing_and_one(card):
    rng = np.random.default_rng(0)
    for _ in range(50):
        shares = rng.dirichlet([0.3, 0.3, 0.3]) if card is CLASSES else rng.random(3)
        assert 0 <= compute_uncertainty(card, said(*shares)) <= 1 + 1e-6


def test_the_difference_is_four_times_what_it_is_and_ends_at_white():
    original = np.full((2, 3, 3), 100, np.uint8)
    corrupted = original.copy()
    corrupted[0, 0], corrupted[0, 1], corrupted[1, 2] = 110, 90, 255
    found = LiveResult(
        0, 0.0, "", original, corrupted, (0, 0, 3, 2), LiveCorruption("dark", 3.0), 0
    ).compute_difference()
    assert (found.dtype, found[0, 0, 0]) == (np.uint8, 40)
    assert (found[0, 1, 0], found[1, 2, 0], found[1, 0, 0]) == (40, 252, 0)


@pytest.mark.parametrize("scores", [(), (0.3,), (0.9, 0.6, 0.3)])
def test_instances_are_listed_and_doubted_as_the_boxes_they_are(scores):
    instances = live_result(INSTANCES, boxes(*scores), boxes())
    detected = live_result(BOXES, boxes(*scores), boxes())
    assert instances.get_top(5) == detected.get_top(5)
    assert np.array_equal(instances.get_boxes(), detected.get_boxes())
    actual = compute_uncertainty(INSTANCES, boxes(*scores))
    assert actual == compute_uncertainty(BOXES, boxes(*scores))


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
    wanted = make_model_input(found.corrupted, runner.card.input)
    assert np.array_equal(found.input_image, wanted.rgb)
    assert found.crop == (0, 0, 160, 120)
    assert found.model_ms > 0


def test_several_corruptions_are_done_one_after_the_other(model):
    frame = CapturedFrame(RED.view(), 0, 0.0, "")
    recipe = make_recipe("jpeg", 3, under=(("dark", 1.0), ("motion", 3.0)))
    found = process_frame(frame, recipe, get_shared_runner(model), 5)
    corrupted = apply_corruption(apply_corruption(RED, "dark", 1, 5), "motion", 3, 5)
    wanted = apply_corruption(corrupted, "jpeg", 3, 5)
    assert np.array_equal(found.corrupted, wanted)
    assert found.recipe.steps == (("dark", 1.0), ("motion", 3.0), ("jpeg", 3.0))


def test_a_frame_that_is_begun_beside_another_thread_gets_the_answers_it_has_alone(model):
    frame = CapturedFrame(RED.view(), 3, 0.0, "belt")
    recipe = make_recipe("dark", 3)
    runner = get_shared_runner(model)
    alone = process_frame(frame, recipe, runner, 5)
    with ThreadPoolExecutor(1) as thread:
        begun = begin_frame(frame, recipe, runner, 5, model_thread=thread)
        assert (begun.result.answer, begun.result.input_image) == (None, None)
        found = thread.submit(begun.finish).result()
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
    psnr = compute_psnr(found.original, found.corrupted)
    assert compute_similarity(found) == (psnr, compute_ssim(found.original, found.corrupted))
    assert compute_similarity(make_still_result(RED, None, "", 0, seed=5)) == (inf, 1.0)


def test_instances_are_shown_with_their_boxes_and_what_corruption_took(tmp_path):
    model = named(makers.instance_model(tmp_path / "instances.onnx"))
    clean = make_still_result(RED, model, "", 0, seed=1)
    dark = make_still_result(RED, model, "dark", 5, seed=1)
    assert [(one.name, one.probability > 0.5) for one in clean.get_top(3)] == [("part", True)]
    assert clean.get_boxes()[:, :4].tolist() == [[0, 0, 80, 60]]
    assert (dark.get_top(3), len(dark.get_clean_boxes()), dark.answer_changed) == ((), 1, True)
    assert dark.uncertainty > 0


DEMO = paths.get_resource_path("demo")
FLIPPING = ("defocus", "haze")


@pytest.fixture(scope="module")
def demo_model():
    card = (DEMO / "model.card.json").read_text()
    sha256 = sha256_file(DEMO / "model.onnx")
    return ModelFile(str(DEMO / "model.onnx"), sha256, json.dumps(json.loads(card)))


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


@pytest.mark.long
@pytest.mark.full("tipping_points")
def test_the_point_lies_in_the_first_half_step_that_flips(demo_model, counts, evidence):
    n, n_flipped = counts(ci=8, full=200), 0
    for number, rgb in enumerate(frames(n)):
        corruption = FLIPPING[number % 2]
        wanted = scanned(rgb, corruption, demo_model, number)
        found = find_tipping_point(rgb, corruption, demo_model, number)
        assert (found is None) == (wanted is None)
        if wanted is not None:
            n_flipped += 1
            assert wanted - STEP < found <= wanted
    assert n_flipped >= n // 2
    evidence(frames=n, flipped=n_flipped)


def test_at_the_point_the_answer_is_another_and_a_hair_below_it_is_not(demo_model):
    rgb = frames(4)[1]
    asked = []
    found = find_tipping_point(rgb, "defocus", demo_model, 3, lambda: asked.append(1))
    assert len(asked) <= 1 + 10 + 4
    runner = get_shared_runner(demo_model)
    cases = (found, found - CLOSE_ENOUGH)
    at, below = (apply_corruption(rgb, "defocus", severity, 3) for severity in cases)
    clean, tipped, kept = (runner.predict([one])[0][0] for one in (rgb, at, below))
    assert compute_answer_change(clean, tipped, runner.card)
    assert not compute_answer_change(clean, kept, runner.card)


def test_waiting_can_be_ended(demo_model):
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        find_tipping_point(frames(4)[0], "jpeg", demo_model, 0, check)
    assert len(asked) == 3


def test_an_unknown_corruption_is_refused(demo_model):
    with pytest.raises(ValueError, match="no corruption is called"):
        find_tipping_point(frames(4)[0], "fire", demo_model, 0)
