"""The Label screen of small projects, and how a person answers on it."""

import cv2
import numpy as np
import pytest

from tests import makers
from tests.ui.conftest import seen


@pytest.fixture
def labelling(window, open_in_window, settle, qtbot):
    """`labelling(path)`: the Label screen of that project, its first frame seen, without the guard
    against too fast keys."""

    def go(path):
        window.preferences.update(too_fast_ms=0)
        open_in_window(path)
        window.show_screen("label")
        settle()
        seen(qtbot, window)
        return window.get_shown_screen()

    return go


@pytest.fixture
def hundred(window, labelling, footed):
    """The Label screen over a hundred picks, and somebody who gave a name."""
    makers.draw(footed, 100)
    footed.close()
    window.preferences.update(name="K. M.")
    return labelling(footed.path)


@pytest.fixture
def alike_screen(labelling, material, tmp_path):
    """The Label screen of a project whose frames all look alike: bursts of ten seconds."""
    texture = cv2.GaussianBlur(
        np.random.default_rng(5).integers(0, 256, (48, 64, 3), np.uint8), (0, 0), 6
    )
    writer = cv2.VideoWriter(
        str(tmp_path / "red.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 4, (64, 48)
    )
    texture, rng = cv2.normalize(texture, None, 0, 240, cv2.NORM_MINMAX), np.random.default_rng(6)
    for _ in range(160):  # a sensor that stood still would be left out of the list
        writer.write(texture + rng.integers(0, 12, texture.shape, np.uint8))
    writer.release()
    project = makers.empty_project(tmp_path / "alike.fieldcheck", material / "net.onnx")
    makers.add_footage(project, tmp_path / "red.avi")
    makers.draw(project, 20)
    project.close()
    return labelling(tmp_path / "alike.fieldcheck")


@pytest.fixture
def boxes_screen(labelling, material, tmp_path):
    """The Label screen of a project whose model finds boxes."""
    project = makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx")
    makers.add_footage(project, material / "belt.avi")
    makers.draw(project, 5)
    project.close()
    return labelling(tmp_path / "boxes.fieldcheck").presenter
