"""A 720p clip under changing corruptions on a real screen: memory stays flat, and no frame stands
beside the answer to another one."""

import os
import statistics
import time
from itertools import cycle, pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.screen import let_work
from fieldcheck.ui.widgets.file_dialogs import FilePicker
from fieldcheck.ui.widgets.images_and_zoom import FrameView
from tests import makers
from tests.journeys.window import CTRL, Person

FULL_S, CI_S = 60, 4
WARM_S, CI_WARM_S = 20, 1
SIZE, FPS, FRAMES = (720, 1280), 30.0, 15
EVERY_MS = 20
FLAT = 1.05
STATM = Path("/proc/self/statm")
Key = Qt.Key
CHOICES = tuple(
    getattr(Key, f"Key_{name}")
    for name in ("4", "Right", "5", "3", "Left", "7", "8", "2", "Right", "1", "Left")
)
"""Corruptions under which the strongest colour of a frame stays the strongest, milder and harder.
"""


@pytest.fixture
def person(qapp):
    made = Person()
    yield made
    made.leaves()


@pytest.fixture
def watching(person, program, tmp_path):
    """Somebody before the Stress screen, who has opened a clip that shows another colour in every
    frame."""
    makers.colour_model(tmp_path / "net.onnx")
    makers.video(
        tmp_path / "turns.avi", [makers.COLOURS[at % 3] for at in range(FRAMES)], fps=FPS, size=SIZE
    )
    path = tmp_path / "line4.fieldcheck"
    program.document("new", path, "--model", tmp_path / "net.onnx")
    person.window.open_project(path)
    person.wait_for(lambda: person.window.current.project is not None)
    person.wait_until_done()
    person.press(Key.Key_6, CTRL)
    person.wait_until_done()
    person.press(Key.Key_O)
    (dialog,) = person.window.findChildren(FilePicker)
    dialog.chosen.emit([tmp_path / "turns.avi"])
    dialog.close()
    person.wait_for(lambda: answers(person).accessibleDescription() != "")
    return person


@pytest.mark.long
@pytest.mark.full("live_clip")
@pytest.mark.skipif(not STATM.exists(), reason="counts resident pages by /proc")
def test_a_clip_at_720p_keeps_memory_flat_and_frames_with_their_answers(watching, counts, evidence):
    seconds = counts(ci=CI_S, full=FULL_S)
    look_on(watching, WARM_S if counts.full else CI_WARM_S)
    looks, sizes = look_on(watching, seconds)
    wrong = [one for one in looks if len(set(one)) > 1]
    changes = sum(one != other for one, other in pairwise(looks))
    sixth = max(1, len(sizes) // 6)
    before, after = statistics.median(sizes[:sixth]), statistics.median(sizes[-sixth:])
    evidence(
        seconds=seconds,
        screen=QApplication.platformName(),
        grabs_of_the_window=len(looks),
        of_them_other_than_the_one_before=changes,
        grabs_with_a_frame_beside_the_answer_to_another=len(wrong),
        resident_mb_of_the_first_sixth=round(before / 2**20),
        resident_mb_of_the_last_sixth=round(after / 2**20),
        resident_mb_at_most=round(max(sizes) / 2**20),
        resident_ratio=round(after / before, 3),
    )
    assert wrong == []
    assert {colour for one in looks for colour in one} == set(makers.COLOURS)
    assert changes > seconds
    if counts.full:
        # medians, because a frame in the making takes some megabytes for a moment
        assert after <= FLAT * before


def look_on(person, seconds):
    """What each grab of the window shows – the strongest colour of its three pictures and the first
    answer – and how large the program was, while every second another corruption or severity is
    chosen."""
    looks, sizes, choices = [], [], cycle(CHOICES)
    until, chosen = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < until:
        let_work(EVERY_MS)
        if time.monotonic() - chosen > 1:
            person.press(next(choices))
            chosen = time.monotonic()
        looks.append(seen(person))
        sizes.append(int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    return looks, sizes


def seen(person):
    """The colours of the three pictures as they are painted, and the class that the answer begins
    with: one grab, nothing in between."""
    window = person.window
    image = window.grab().toImage()
    views = [view for view in window.findChildren(FrameView) if view.isVisible()]
    assert len(views) == 3
    return (
        *(strongest(image, view, window) for view in views),
        answers(person).accessibleDescription().split()[0],
    )


def strongest(image, view, window):
    """The colour of the middle of a picture in a grab of the window."""
    place = view.get_frame_rect().toRect().translated(view.mapTo(window, view.rect().topLeft()))
    few = image.copy(
        place.adjusted(
            place.width() // 4, place.height() // 4, -place.width() // 4, -place.height() // 4
        )
    ).scaled(6, 6, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    colours = [few.pixelColor(x, y).getRgb()[:3] for x in range(6) for y in range(6)]
    sums = [sum(channel) for channel in zip(*colours, strict=True)]
    return makers.COLOURS[sums.index(max(sums))]


def answers(person):
    """What says the answers: it is found by its name, as a screen reader finds it."""
    return next(
        one
        for one in person.window.findChildren(QWidget)
        if one.accessibleName() == "Top predictions" and one.isVisible()
    )
