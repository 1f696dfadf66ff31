"""The label that is stored belongs to the frame that was seen when the key went down: each frame
carries its number as a barcode."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from fieldcheck import paths
from tests.journeys.program import InProcess
from tests.journeys.window import Person, frame_on

BITS, WIDTH, HEIGHT = 8, 320, 240
BAND = (100, 140)  # rows of the frame in which the code is printed
N_FRAMES = 100
KEYS = [Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5]


@pytest.fixture
def coded_project(tmp_path):
    """A hundred pictures, each with its number in black and white bars, all of them picked."""
    folder, rng = tmp_path / "coded", np.random.default_rng(3)
    folder.mkdir()
    for number in range(N_FRAMES):
        picture = rng.integers(60, 200, (HEIGHT, WIDTH, 3), np.uint8)
        for bit in range(BITS):
            left, right = bit * WIDTH // BITS, (bit + 1) * WIDTH // BITS
            picture[BAND[0] : BAND[1], left:right] = 255 if number >> bit & 1 else 0
        cv2.imwrite(str(folder / f"{number:03d}.png"), picture)
    program, project = InProcess(tmp_path / "home"), tmp_path / "coded.fieldcheck"
    program.document("new", project, "--model", paths.get_resource_path("demo") / "model.onnx")
    program.document("import", project, folder)
    assert len(program.document("pick", project, "--count", N_FRAMES)["picks"]) == N_FRAMES
    return program, project


@pytest.fixture
def person(qapp):
    made = Person()
    yield made
    made.leaves()


def read_barcode(person):
    """The number of the frame that can be seen now, from a grab of the whole window."""
    canvas, image = person.window.get_shown_screen().focus, person.sees()
    scale = min(canvas.width() / WIDTH, (canvas.height() - 24) / HEIGHT)
    left = (canvas.width() - WIDTH * scale) / 2
    top = 24 + (canvas.height() - 24 - HEIGHT * scale) / 2
    number = 0
    for bit in range(BITS):
        point = QPoint(
            round(left + (bit + 0.5) * WIDTH / BITS * scale), round(top + sum(BAND) / 2 * scale)
        )
        place = canvas.mapTo(person.window, point)
        number |= (image.pixelColor(place).lightness() > 127) << bit
    return number


@pytest.mark.long
def test_each_label_is_that_of_the_frame_that_was_seen(person, coded_project):
    program, project = coded_project
    person.window.preferences.update(too_fast_ms=0)
    person.window.open_project(project)
    person.wait_for(lambda: person.window.current.project is not None)
    person.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    person.wait_for(lambda: frame_on(person) == 0)
    pressed = {}
    for number in range(N_FRAMES):
        person.wait_for(lambda number=number: frame_on(person) == number)
        seen = -1
        while not {
            f"{number + 1} of {N_FRAMES} labelled",
            f"{number + 1} frames are labelled",
        } & set(person.reads()):
            seen = read_barcode(person)
            person.press(KEYS[seen % len(KEYS)])
            person.wait_until_done()
        pressed[seen] = seen % len(KEYS)
    person.leaves()
    assert sorted(pressed) == list(range(N_FRAMES))
    classes = program.document("check", project) and program.document("label", "show", project)
    stored = {
        int(label["frame_id"].rsplit("-", 1)[1]): label["class"] for label in classes["labels"]
    }
    names = ("ok", "crack", "porosity", "scratch", "missing_hole")
    assert stored == {number: names[at] for number, at in pressed.items()}
