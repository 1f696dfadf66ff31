import numpy as np
import pytest

from fieldcheck.ui.screens.home.captions import ModelInputImages, ModelInputView
from fieldcheck.ui.widgets.image_view import BoxMark


@pytest.fixture
def eye(look, shown):
    return shown(ModelInputView(look), 600, 160)


def test_the_input_is_drawn_pixel_by_pixel_and_both_pictures_say_what_they_are(eye):
    rgb = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    eye.show_images(
        ModelInputImages(
            rgb,
            rgb[:8, :8].copy(),
            (8, 0, 56, 48),
            "belt.avi",
            (BoxMark((1, 1, 20, 20), 0, "1 part 0.90"),),
        )
    )
    assert (eye.frame.title, eye.input.title) == ("Camera frame 64 × 48", "Model input 8 × 8")
    assert eye.frame.accessibleDescription() == "belt.avi, 64 × 48 pixels"
    image, place = eye.input.grab().toImage(), eye.input.get_frame_rect()
    step = place.width() / 8
    assert step == int(step)
    for row, column in ((0, 0), (3, 5), (7, 7)):
        x, y = place.left() + (column + 0.5) * step, place.top() + (row + 0.5) * step
        colour = image.pixelColor(round(x), round(y))
        assert (colour.red(), colour.green(), colour.blue()) == tuple(rgb[row, column])


def test_the_arrow_points_from_the_frame_to_the_input(eye):
    rgb = np.zeros((48, 64, 3), np.uint8)
    eye.show_images(ModelInputImages(rgb, rgb, (0, 0, 64, 48), "x"))
    assert not eye.grab().isNull()
    assert eye.frame.geometry().right() < eye.input.geometry().left()
