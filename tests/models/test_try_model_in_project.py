import shutil
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.models import CardNeeded, ModelRejected, NoModel
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.footage.video.reader import read_frame
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.preprocess import make_model_input
from fieldcheck.models.store import add_model
from fieldcheck.models.try_model import (
    TrialPrediction,
    get_masks_path,
    list_predictions,
    save_model_inputs,
    try_model,
    try_newest_model,
    try_unknown_model,
)
from fieldcheck.progress import NullProgress
from tests import makers
from tests.models.live_models import named


@pytest.fixture
def pictures(tmp_path):
    return [
        makers.save_picture(tmp_path / colour / "part.png", colour) for colour in ("red", "blue")
    ]


def test_each_picture_is_shown_as_the_model_saw_it_with_what_it_says(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    trial = try_model(path, pictures, None, NullProgress())
    runner = get_shared_runner(named(path))
    assert (trial.name, trial.card) == ("net", runner.card)
    assert trial.preprocessing_record["size"] == [32, 32]
    assert [one.predictions[0].name for one in trial.tried] == ["red", "blue"]
    for one, picture in zip(trial.tried, pictures, strict=True):
        rgb = read_image(picture)
        assert np.array_equal(one.input_image, make_model_input(rgb, runner.card.input).rgb)
        assert one.crop == (0, 0, 64, 48)
        actual = [said.score for said in one.predictions]
        assert actual == sorted(runner.predict([rgb])[0][0].tolist(), reverse=True)
        assert not one.nan


def test_a_card_that_is_named_counts_before_the_one_beside_the_model(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    other = makers.write_card(
        tmp_path / "other.json", {**makers.COLOUR_CARD, "classes": ["x", "y", "z"]}
    )
    assert try_model(path, pictures[:1], other, NullProgress()).tried[0].predictions[0].name == "x"


def test_boxes_are_in_pixels_of_the_picture_and_those_below_the_threshold_are_not_shown(
    tmp_path, pictures
):
    trial = try_model(makers.box_model(tmp_path / "box.onnx"), pictures, None, NullProgress())
    (box,) = trial.tried[0].predictions
    assert (box.name, box.box) == ("part", (0, 0, 32, 24))
    assert trial.tried[1].predictions == ()


def test_a_segmentation_shows_its_masks_over_the_picture(tmp_path, pictures):
    trial = try_model(makers.mask_model(tmp_path / "mask.onnx"), pictures, None, NullProgress())
    files = save_model_inputs(trial, tmp_path / "out")
    for one, file in zip(trial.tried, files, strict=True):
        (mask,) = one.masks
        covered = (mask.pixels > 0) & (mask.pixels != 255)
        assert mask.pixels.shape == one.rgb.shape[:2]
        assert covered.any()
        drawn = read_image(get_masks_path(file))
        assert (drawn[~covered] == one.rgb[~covered]).all()
        assert (drawn[covered] != one.rgb[covered]).any(axis=1).all()
    classifier = try_model(
        makers.colour_model(tmp_path / "net.onnx"), pictures[:1], None, NullProgress()
    )
    (file,) = save_model_inputs(classifier, tmp_path / "none")
    assert not get_masks_path(file).exists()
    assert classifier.tried[0].overlay is classifier.tried[0].rgb


def test_at_most_five_classes_are_named_and_none_without_a_finite_figure():
    card = parse_card({**makers.COLOUR_CARD, "classes": list("abcdefg")})
    answer = np.array([0.1, 0.3, np.nan, 0.3, 0.05, 0.15, 0.1], np.float32)
    assert [said.name for said in list_predictions(answer, card)] == ["b", "d", "f", "a", "g"]
    assert list_predictions(answer[2:3], card) == ()
    actual = list_predictions(np.array([[1, 2, 3, 4, 0.5, 6]], np.float32), card)
    assert actual == (TrialPrediction(6, "g", 0.5, (1, 2, 3, 4)),)


def test_what_was_seen_is_written_pixel_for_pixel_and_namesakes_keep_apart(tmp_path, pictures):
    trial = try_model(makers.colour_model(tmp_path / "net.onnx"), pictures, None, NullProgress())
    files = save_model_inputs(trial, tmp_path / "out" / "seen")
    assert [file.name for file in files] == ["part.seen.png", "part-2.seen.png"]
    assert all(
        np.array_equal(read_image(file), one.input_image)
        for file, one in zip(files, trial.tried, strict=True)
    )


def test_the_newest_model_of_a_project_is_shown_a_picture(tmp_path, pictures):
    with set_up_project(
        tmp_path / "p.fieldcheck", NewProjectRequest(), makers.NOW
    ).project as project:
        with pytest.raises(NoModel):
            try_newest_model(project, pictures, NullProgress())
        add_model(project, makers.colour_model(tmp_path / "net.onnx"), None, makers.NOW)
        trial = try_newest_model(project, pictures, NullProgress())
    assert [one.predictions[0].name for one in trial.tried] == ["red", "blue"]


def test_what_cannot_be_tried_is_refused(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    with pytest.raises(PathMissing):
        try_model(tmp_path / "none.onnx", pictures, None, NullProgress())
    with pytest.raises(PathMissing):
        try_model(path, [tmp_path / "none.png"], None, NullProgress())
    with pytest.raises(PictureUnreadable):
        try_model(path, [path], None, NullProgress())
    path.with_suffix(".card.json").unlink()
    with pytest.raises(CardNeeded):
        try_model(path, pictures, None, NullProgress())


def test_a_classifier_without_a_card_gets_the_usual_one_proposed(tmp_path, pictures):
    path = makers.colour_model(tmp_path / "net.onnx")
    path.with_suffix(".card.json").unlink()
    trial = try_unknown_model(path, pictures, NullProgress())
    # how sure a classifier is says nothing of its input
    assert (trial.recipe, trial.n_recipes) == ("÷ 255", 0)
    assert {"input.resize", "classes"} <= set(trial.proposed)
    assert [one.predictions[0].index for one in trial.tried] == [0, 2]
    with pytest.raises(PathMissing):
        try_unknown_model(tmp_path / "none.onnx", pictures, NullProgress())


def test_a_detector_without_a_card_is_fed_like_the_known_export_that_finds_most(
    tmp_path, shared_data
):
    model = shutil.copy(shared_data / "models" / "yolox_nano.onnx", tmp_path)
    picture = tmp_path / "bottles.png"
    picture.write_bytes(
        encode_png(read_frame(shared_data / "videos" / "intel-bottle-detection.mp4", 0).rgb)
    )
    trial = try_unknown_model(Path(model), [picture], NullProgress())
    assert (trial.recipe, trial.n_recipes, trial.card.input.scale) == ("YOLOX", 3, 1.0)
    assert trial.tried[0].predictions


def test_an_output_that_no_known_export_has_asks_for_its_card(tmp_path, pictures):
    path = makers.mask_model(tmp_path / "mask.onnx")
    path.with_suffix(".card.json").unlink()
    with pytest.raises(ModelRejected) as asked:
        try_unknown_model(path, pictures, NullProgress())
    assert asked.value.problem == "output_unclear"
    assert asked.value.fits == ("segmentation masks (3)",)


def test_what_its_card_says_is_not_proposed(tmp_path, pictures):
    trial = try_unknown_model(makers.colour_model(tmp_path / "net.onnx"), pictures, NullProgress())
    assert (trial.proposed, trial.recipe, trial.tried[0].predictions[0].name) == ((), "", "red")
