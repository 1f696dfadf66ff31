from math import inf

import pytest

from fieldcheck.corruptions.catalogue import ALIKE, CATALOG
from fieldcheck.corruptions.messages import (
    REFERENCE_SIDE,
    STOPS,
    describe_first_flip,
    describe_likeness,
    describe_severity,
    describe_steps,
    get_corruption_name,
    get_family_name,
    get_severity_name,
    group_by_cause,
)
from fieldcheck.corruptions.transforms.pixels import REFERENCE_SIDE as REFERENCE_OF_TRANSFORMS
from fieldcheck.i18n import language


def test_every_corruption_of_the_catalogue_has_a_name_of_its_own():
    names = [get_corruption_name(name) for name in CATALOG]
    assert len(set(names)) == len(CATALOG)
    assert not set(names) & set(CATALOG)
    assert get_corruption_name("tomorrow") == "tomorrow"


def test_the_four_stops_have_names_and_what_lies_between_has_a_figure():
    assert [get_severity_name(stop) for stop in STOPS] == ["off", "mild", "moderate", "severe"]
    assert get_severity_name(2.44) == "severity 2.4 of 5"


@pytest.mark.parametrize("name", CATALOG)
@pytest.mark.parametrize("severity", [1.0, 2.5, 3.0, 5.0])
def test_every_corruption_says_what_it_does_in_figures(name, severity):
    said = describe_severity(name, severity)
    assert any(letter.isdigit() for letter in said)
    assert said.endswith(".")
    assert "{" not in said


@pytest.mark.parametrize("name", CATALOG)
def test_off_is_off(name):
    assert describe_severity(name, 0) == "No corruption applied."


def test_the_figures_are_those_of_the_catalogue():
    assert describe_severity("dark", 3) == "Light reduced to 35%, with read noise of 3 grey levels."
    assert describe_severity("motion", 3) == "Motion streaks of 5.2% of the shorter side."
    assert describe_severity("jpeg", 3) == "JPEG quality 15 of 100."
    assert describe_severity("bright", 1) == "Exposure × 1.2: highlights clip."
    assert describe_severity("occlusion", 5) == "25% of the image is covered."
    assert describe_severity("gauss_noise", 3) == "Gaussian noise, σ 20 of 255 grey levels."


def test_lengths_are_shares_of_the_side_that_the_transforms_scale_by():
    assert REFERENCE_SIDE == REFERENCE_OF_TRANSFORMS


def test_figures_follow_the_language():
    with language.use_language("de"):
        assert "5,2 %" in describe_severity("motion", 3)


def test_an_unknown_corruption_is_refused():
    with pytest.raises(ValueError, match="tomorrow"):
        describe_severity("tomorrow", 3)


def test_corruptions_that_a_picture_does_not_tell_apart_have_one_name():
    expected = {"sensor noise", "loss of detail"}
    assert {get_family_name(family) for family in ALIKE.values()} == expected
    assert get_family_name("haze") == "Haze"


def test_every_corruption_stands_under_one_cause():
    found = [name for _, names in group_by_cause() for name in names]
    assert sorted(found) == sorted(CATALOG)
    assert [said for said, _ in group_by_cause()][:2] == ["Sensor noise", "Blur"]


def test_what_is_done_is_said_in_its_order():
    expected = "Low light, moderate + JPEG, severity 4.2 of 5"
    assert describe_steps([("dark", 3.0), ("jpeg", 4.2)]) == expected


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
    assert describe_first_flip(severity) == said


def test_likeness_is_told_where_something_is_done():
    assert describe_likeness(21.46, 0.591) == "PSNR 21.5 dB, SSIM 0.59"
    assert describe_likeness(inf, 1.0) == ""
