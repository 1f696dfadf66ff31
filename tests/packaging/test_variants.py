"""Sketches of the screens that were weighed: those that are kept are what the script draws."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from tests.conftest import CHECKOUT

spec = importlib.util.spec_from_file_location("variants", CHECKOUT / "packaging" / "variants.py")
variants = importlib.util.module_from_spec(spec)
spec.loader.exec_module(variants)


@pytest.mark.parametrize("screen", ["home", "explore", "label"])
def test_the_sketch_that_is_kept_is_the_one_that_is_drawn_and_shows_three_arrangements(screen):
    drawn = np.array(variants.draw(variants.VARIANTS[screen]), int)
    with Image.open(CHECKOUT / "docs" / "variants" / f"{screen}.png") as picture:
        kept = np.array(picture.convert("RGB"), int)
    assert kept.shape == drawn.shape
    assert (np.abs(kept - drawn).max(axis=2) > 40).mean() < 0.02
    width = variants.WIDTH + variants.GAP
    one, two, three = (drawn[:, at * width : (at + 1) * width] for at in range(3))
    assert min(np.abs(a - b).mean() for a, b in ((one, two), (two, three), (one, three))) > 2
