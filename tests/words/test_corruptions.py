from math import inf

import pytest

from fieldcheck.corruption.catalog import ALIKE, CATALOG
from fieldcheck.corruption.pixels import REFERENCE_SIDE as REFERENCE_OF_TRANSFORMS
from fieldcheck.words import language
from fieldcheck.words.corruptions import (
    REFERENCE_SIDE,
    STOPS,
    by_cause,
    corruption_name,
    family_name,
    first_flip,
    likeness,
    meaning,
    severity_name,
    steps_said,
)


def test_every_corruption_of_the_catalogue_has_a_name_of_its_own():
    names = [corruption_name(name) for name in CATALOG]
    assert len(set(names)) == len(CATALOG)
    assert not set(names) & set(CATALOG)
    assert corruption_name("tomorrow") == "tomorrow"


def test_the_four_stops_have_names_and_what_lies_between_has_a_figure():
    assert [severity_name(stop) for stop in STOPS] == ["off", "mild", "moderate", "severe"]
    assert severity_name(2.44) == "severity 2.4 of 5"


@pytest.mark.parametrize("name", CATALOG)
@pytest.mark.parametrize("severity", [1.0, 2.5, 3.0, 5.0])
def test_every_corruption_says_what_it_does_in_figures(name, severity):
    said = meaning(name, severity)
    assert any(letter.isdigit() for letter in said)
    assert said.endswith(".")
    assert "{" not in said


@pytest.mark.parametrize("name", CATALOG)
def test_off_is_off(name):
    assert meaning(name, 0) == "No corruption applied."


def test_the_figures_are_those_of_the_catalogue():
    assert meaning("dark", 3) == "Light reduced to 35%, with read noise of 3 grey levels."
    assert meaning("motion", 3) == "Motion streaks of 5.2% of the shorter side."
    assert meaning("jpeg", 3) == "JPEG quality 15 of 100."
    assert meaning("bright", 1) == "Exposure × 1.2: highlights clip."
    assert meaning("occlusion", 5) == "25% of the image is covered."
    assert meaning("gauss_noise", 3) == "Gaussian noise, σ 20 of 255 grey levels."


def test_lengths_are_shares_of_the_side_that_the_transforms_scale_by():
    assert REFERENCE_SIDE == REFERENCE_OF_TRANSFORMS


def test_figures_follow_the_language():
    with language.spoken("de"):
        assert "5,2 %" in meaning("motion", 3)


def test_an_unknown_corruption_is_refused():
    with pytest.raises(ValueError, match="tomorrow"):
        meaning("tomorrow", 3)


def test_corruptions_that_a_picture_does_not_tell_apart_have_one_name():
    assert {family_name(family) for family in ALIKE.values()} == {"sensor noise", "loss of detail"}
    assert family_name("haze") == "Haze"


def test_every_corruption_stands_under_one_cause():
    found = [name for _, names in by_cause() for name in names]
    assert sorted(found) == sorted(CATALOG)
    assert [said for said, _ in by_cause()][:2] == ["Sensor noise", "Blur"]


def test_what_is_done_is_said_in_its_order():
    assert steps_said([("dark", 3.0), ("jpeg", 4.2)]) == "Low light, moderate + JPEG, severity 4.2 of 5"


@pytest.mark.parametrize(
    ("severity", "said"),
    [
        (None, "No change of the prediction observed up to severe."),
        (3.0, "Prediction first changes at 3.0 (moderate)."),
        (0.4, "Prediction first changes at 0.4 (between off and mild)."),
        (4.85, "Prediction first changes at 4.9 (between moderate and severe)."),
    ],
)
def test_a_flip_is_told_with_the_stops_beside_it(severity, said):
    assert first_flip(severity) == said


def test_likeness_is_told_where_something_is_done():
    assert likeness(21.46, 0.591) == "PSNR 21.5 dB, SSIM 0.59"
    assert likeness(inf, 1.0) == ""
