import json
from math import inf, nan

import albumentations as A
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.corruptions.catalogue import CATALOG, CORE, get_parameters, make_transform
from fieldcheck.corruptions.fit_camera import FittedCorruption
from fieldcheck.corruptions.training_recipe import (
    compare_with_training,
    format_pipeline,
    list_recipe_parts,
    parse_training_recipe,
)
from fieldcheck.domain.training import FieldRange, StrongestAugmentation

SIDE = 192  # pixels: those of the catalogue's own lengths


def read(*transforms, side=SIDE):
    recipe = A.to_dict(A.Compose(list(transforms)))
    hardest, unread = parse_training_recipe(json.loads(json.dumps(recipe)), side)
    return {(one.corruption, one.parameter): pytest.approx(one.value) for one in hardest}, unread


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        (A.ImageCompression(quality_range=(40, 90)), {("jpeg", "quality"): 40}),
        (A.GaussNoise(std_range=(0.02, 0.1)), {("gauss_noise", "sigma"): 25.5}),
        (A.GaussianBlur(sigma_limit=(0.5, 3)), {("defocus", "sigma"): 3}),
        (A.Blur(blur_limit=(3, 7)), {("defocus", "sigma"): 2}),
        (A.Defocus(radius=(3, 10)), {("defocus", "sigma"): 5}),
        (A.MotionBlur(blur_limit=(3, 9)), {("motion", "length"): 9}),
        (A.RandomGamma(gamma_limit=(60, 160)), {("gamma", "exponent"): 1.6}),
        (A.Downscale(scale_range=(0.3, 0.8)), {("downscale", "scale"): 0.3}),
        (
            A.RandomBrightnessContrast(brightness_limit=(-0.1, 0.2), contrast_limit=(-0.3, 0.2)),
            {("bright", "gain"): 1.5, ("dark", "gain"): 0.5, ("low_contrast", "factor"): 0.7},
        ),
        (
            A.ColorJitter(brightness=(0.8, 1.4), contrast=(0.6, 1.2)),
            {("bright", "gain"): 1.4, ("dark", "gain"): 0.8, ("low_contrast", "factor"): 0.6},
        ),
    ],
)
def test_built_in_transforms_are_read_in_the_catalogues_terms(transform, expected):
    assert read(transform) == (expected, ())


def test_lengths_are_of_the_size_that_the_recipe_works_at():
    blur = A.GaussianBlur(sigma_limit=(1, 4))
    assert read(blur, side=384)[0] == {("defocus", "sigma"): 2}
    assert read(A.Resize(768, 1000), blur, side=384)[0] == {("defocus", "sigma"): 1}
    assert read(blur, A.Resize(768, 1000), side=384)[0] == {("defocus", "sigma"): 2}


def test_the_worst_of_several_counts_and_what_is_never_applied_does_not():
    groups = A.OneOf(
        [
            A.ImageCompression(quality_range=(60, 80)),
            A.Sequential([A.ImageCompression(quality_range=(30, 35))]),
        ]
    )
    expected = {("jpeg", "quality"): 30}
    assert read(groups, A.ImageCompression(quality_range=(5, 9), p=0))[0] == expected


def test_what_says_nothing_is_named_once():
    assert read(
        A.Resize(64, 64), A.HorizontalFlip(), A.HorizontalFlip(), A.CoarseDropout(), A.Normalize()
    ) == ({}, ("HorizontalFlip", "CoarseDropout"))


def test_our_own_recipe_is_read_back():
    hardest, unread = parse_training_recipe(json.loads(format_pipeline(list_recipe_parts())), SIDE)
    found = {(one.corruption, one.parameter): one.value for one in hardest}
    assert unread == ()
    for name in CORE:
        for parameter, value in get_parameters(name, 3.0).items():
            assert found[name, parameter] == pytest.approx(value), name


@pytest.mark.parametrize("name", CATALOG)
def test_every_transform_of_the_catalogue_is_read(name):
    arguments = get_parameters(name, 4.0)
    recipe = json.loads(json.dumps(A.to_dict(A.Compose([make_transform(name, arguments)]))))
    assert {
        (one.parameter, one.value)
        for one in parse_training_recipe(recipe, SIDE)[0]
        if one.corruption == name
    } >= set(arguments.items())


def test_what_lies_beyond_the_worst_trained_is_outside():
    fitted = (
        FittedCorruption("jpeg", "quality", (70, 50, 30), 9),
        FittedCorruption("gauss_noise", "sigma", (4, 12, 40), 9),
        FittedCorruption("gamma", "exponent", (1.1, 1.2, 1.3), 9),
    )
    found = compare_with_training(
        fitted,
        (
            StrongestAugmentation("jpeg", "quality", 50),
            StrongestAugmentation("gauss_noise", "sigma", 8),
        ),
    )
    expected = [(False, False, True), (False, True, True), (True, True, True)]
    assert [one.outside for one in found] == expected
    assert found[2] == FieldRange("gamma", "exponent", (1.1, 1.2, 1.3), None, (True, True, True))


@pytest.mark.parametrize(
    "found", [None, 3, [], {}, {"transform": []}, {"transform": {"p": 1}}, "GaussNoise"]
)
def test_what_is_no_pipeline_is_refused(found):
    with pytest.raises(ValueError, match="pipeline"):
        parse_training_recipe(found, SIDE)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([nan, inf, "GaussNoise", "Blur", "fieldcheck_transforms.Jpeg"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "__class_fullname__",
                    "transforms",
                    "p",
                    "quality",
                    "blur_limit",
                    "std_range",
                    "size",
                ]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(anything, st.integers(1, 4000))
def test_no_recipe_makes_it_fall(found, side):
    start = {
        "__class_fullname__": "Compose",
        "p": 1,
        "transforms": found if isinstance(found, list) else [found],
    }
    for one in parse_training_recipe(start, side)[0]:
        assert CATALOG[one.corruption].table[one.parameter]
