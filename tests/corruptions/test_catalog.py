from math import inf, sqrt

import pytest

from fieldcheck.corruptions.catalogue import (
    ALIKE,
    CATALOG,
    CORE,
    MILD_FOUR,
    ON_THE_WAY,
    get_family,
    get_parameters,
)


def test_the_core_set_is_the_twelve_of_the_method():
    assert list(CORE) == [
        *(
            "gauss_noise",
            "shot_noise",
            "defocus",
            "motion",
            "dark",
            "bright",
            "low_contrast",
            "jpeg",
            "downscale",
            "haze",
        ),
        *("colour_cast", "occlusion"),
    ]
    assert set(CORE.values()) == {"noise", "blur", "light", "weather", "lens", "coding"}
    assert set(MILD_FOUR) <= set(CORE)


def test_every_cause_of_the_method_has_its_corruptions():
    assert {entry.cause for entry in CATALOG.values()} == set(ON_THE_WAY)
    assert set(ALIKE) | set(ALIKE.values()) <= set(CATALOG)


def test_what_a_picture_does_not_tell_apart_is_one_family():
    assert (
        get_family("shot_noise")
        == get_family("iso_noise")
        == get_family("gauss_noise")
        == "gauss_noise"
    )
    assert get_family("downscale") == get_family("defocus")
    assert get_family("haze") == "haze"


@pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)
def test_every_one_but_geometry_names_the_statistic_that_it_moves(entry):
    assert (entry.cause == "geometry") is (entry.expected_effect is None)


@pytest.mark.parametrize(
    ("name", "key", "steps"),
    [
        ("gauss_noise", "sigma", (6, 12, 20, 32, 48)),
        ("shot_noise", "photons", (200, 100, 50, 25, 12)),
        ("defocus", "sigma", (1, 2, 3, 4, 6)),
        ("motion", "length", (3, 6, 10, 15, 22)),
        ("dark", "gain", (0.70, 0.50, 0.35, 0.22, 0.12)),
        ("dark", "read_noise", (1, 2, 3, 4, 6)),
        ("bright", "gain", (1.2, 1.5, 1.9, 2.5, 3.5)),
        ("low_contrast", "factor", (0.75, 0.55, 0.40, 0.28, 0.18)),
        ("jpeg", "quality", (40, 25, 15, 10, 5)),
        ("downscale", "scale", (0.75, 0.50, 0.35, 0.25, 0.15)),
        ("haze", "transmission", (0.85, 0.70, 0.55, 0.40, 0.25)),
        ("colour_cast", "mired", (20, 40, 70, 110, 160)),
        ("occlusion", "share", (0.03, 0.06, 0.10, 0.16, 0.25)),
    ],
)
def test_whole_severities_are_the_table_of_the_method(name, key, steps):
    assert tuple(get_parameters(name, severity)[key] for severity in (1, 2, 3, 4, 5)) == steps


def test_between_two_severities_a_parameter_goes_geometrically():
    assert get_parameters("gauss_noise", 1.5)["sigma"] == pytest.approx(sqrt(6 * 12))
    assert get_parameters("dark", 4.5)["gain"] == pytest.approx(sqrt(0.22 * 0.12))
    assert get_parameters("jpeg", 0.5)["quality"] == pytest.approx(sqrt(100 * 40))


def test_below_the_first_severity_what_begins_at_nothing_grows_linearly():
    assert get_parameters("gauss_noise", 0.25)["sigma"] == pytest.approx(1.5)
    assert get_parameters("occlusion", 0.5)["share"] == pytest.approx(0.015)


def test_below_the_first_severity_it_is_the_photon_noise_that_grows_linearly():
    assert get_parameters("shot_noise", 0)["photons"] == inf
    assert get_parameters("shot_noise", 1e-300)["photons"] == inf
    assert 1 / sqrt(get_parameters("shot_noise", 0.5)["photons"]) == pytest.approx(0.5 / sqrt(200))


def test_severity_zero_is_no_change():
    assert get_parameters("dark", 0) == {"gain": 1, "read_noise": 0}
    assert get_parameters("downscale", 0) == {"scale": 1}


@pytest.mark.parametrize("severity", [-0.01, 5.01, float("nan")])
def test_a_severity_outside_the_table_is_refused(severity):
    with pytest.raises(ValueError, match="severity"):
        get_parameters("haze", severity)


def test_an_unknown_name_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ValueError, match=r"smoke.*haze"):
        get_parameters("smoke", 1)
