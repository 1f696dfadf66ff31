"""The look of the window: what a screen is painted like, in each theme, must not change unseen.

The kept pictures are a quarter of the size, so that a pixel of the font does not count and a part
that moved, vanished or lost its colour does. `FIELDCHECK_NEW_SNAPSHOTS=1 pytest
tests/ui/test_snapshots.py` takes them anew; look at them before they are committed.
"""

import os
import shutil
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QProgressBar

from fieldcheck.errors.files import DiskFull
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from tests import makers
from tests.ui.states import SMALL, USUAL, rest

KEPT = Path(__file__).parent / "snapshots"
NEW = os.environ.get("FIELDCHECK_NEW_SNAPSHOTS") == "1"
SHRUNK = 4
APART, SHARE = 40, 0.004  # of 255 in one channel; of all pixels
STATES = [
    *(("", "project", theme, "en", USUAL) for theme in ("light", "dark", "hc_light", "hc_dark")),
    ("", "project", "light", "de", SMALL),
    ("", "settings", "light", "en", USUAL),
    ("", "help", "light", "en", USUAL),
    ("labelled", "project", "light", "en", USUAL),
]
LOOKS = {
    "pick": {"empty": "empty", "working": "drawn", "full": "drawn", "trouble": "drawn"},
    "label": {"empty": "footed", "working": "begun", "full": "labelled", "trouble": "begun"},
    "explore": {"empty": "drawn", "working": "labelled", "full": "labelled", "trouble": "labelled"},
}
"""Screen and state → the project it is seen with; `begun` is half labelled."""
WORKING = {"pick": "show_job", "explore": "show_job"}
"""Where something is worked out, a job stands on the screen; to label is to work already."""


@pytest.mark.parametrize(
    ("project", "screen", "theme", "spoken", "size"),
    STATES,
    ids=lambda value: str(getattr(value, "width", lambda: value)()),
)
def test_the_screen_is_painted_as_it_was(
    window, settle, open_in_window, made, tmp_path, project, screen, theme, spoken, size
):
    window.preferences.update(theme=theme, language=spoken, too_fast_ms=0)
    window.resize(size)
    if project:
        open_in_window(shutil.copytree(made[project], tmp_path / f"{project}.fieldcheck"))
    window.show_screen(screen)
    rest(window, settle)
    compare(shrunk(window), f"{project or 'none'}-{screen}-{theme}-{spoken}-{size.width()}.png")


def compare(seen, name):
    """With the picture that is kept under this name."""
    path = KEPT / name
    if NEW:
        KEPT.mkdir(exist_ok=True)
        cv2.imwrite(str(path), seen)
    kept = cv2.imread(str(path))
    assert kept.shape == seen.shape
    changed = (np.abs(kept.astype(int) - seen).max(axis=2) > APART).mean()
    assert changed <= SHARE, f"{changed:.1%} of {path.name} are painted otherwise"


@pytest.mark.parametrize(
    ("screen", "state"), [(screen, state) for screen, states in LOOKS.items() for state in states]
)
def test_the_screen_is_painted_as_it_was_in_every_state(
    window, settle, open_in_window, made, tmp_path, qtbot, screen, state
):
    window.preferences.update(theme="light", language="en", too_fast_ms=0)
    window.resize(USUAL)
    open_in_window(project_of(LOOKS[screen][state], made, tmp_path))
    window.show_screen(screen)
    rest(window, settle)
    go_on = threading.Event()
    if state == "working" and screen in WORKING:
        job = window.runner.run_job(None, "Pick of 100 frames", lambda progress: go_on.wait(60))
        getattr(window.get_shown_screen().view, WORKING[screen])(job)
        # a busy one moves: where it is depends on the machine's load
        for bar in window.get_shown_screen().view.findChildren(QProgressBar):
            bar.setRange(0, 100)
            bar.setValue(40)
    if state == "trouble":
        window.messages.show_error(DiskFull(Path("label")), "label")
    qtbot.wait(80)
    compare(beneath_the_header(window), f"{state}-{screen}-light-en-{USUAL.width()}.png")
    go_on.set()
    settle()


def project_of(name, made, tmp_path):
    """A copy of a made project; `begun` has ten labels of twenty."""
    path = shutil.copytree(
        made["drawn" if name == "begun" else name], tmp_path / f"{name}.fieldcheck"
    )
    if name == "begun":
        with open_project(path) as project:
            for at, pick in enumerate(project.read(picks_table.list_picks)[:10]):
                decision = LabelDecision(makers.COLOURS[at % 3])
                set_label(project, pick.frame_id, decision, annotator="tester", now=makers.NOW)
    return path


def test_a_part_that_vanished_is_seen(window, settle):
    rest(window, settle)
    before = shrunk(window)
    buttons = window.stack.findChildren(QAbstractButton)
    next(one for one in buttons if one.isVisible()).parentWidget().hide()
    rest(window, settle)
    assert (np.abs(before.astype(int) - shrunk(window)).max(axis=2) > APART).mean() > SHARE


def grabbed(widget):
    """(h, w, 3) uint8 BGR."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_BGR888)
    seen = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[
        :, : image.width() * 3
    ]
    return seen.reshape(image.height(), image.width(), 3).copy()


def beneath_the_header(window):
    """A quarter of the screen that is shown, under the banner that may stand over it."""
    seen = shrunk(window)
    slot = window.header.banner if window.header.banner.isVisible() else window.banners
    if not slot.isVisible():
        return seen
    banner = grabbed(slot)
    height = banner.shape[0] // SHRUNK
    return np.concatenate(
        [cv2.resize(banner, (seen.shape[1], height), interpolation=cv2.INTER_AREA), seen]
    )


def shrunk(window):
    """A quarter of the screen that is shown as (h, w, 3) uint8, without paths, which differ from
    run to run."""
    seen = grabbed(window.stack)
    for path in (
        label
        for label in window.stack.findChildren(QLabel)
        if label.isVisible() and os.sep in label.text()
    ):
        corner = path.mapTo(window.stack, QPoint(0, 0))
        seen[
            max(0, corner.y()) : corner.y() + path.height(),
            max(0, corner.x()) : corner.x() + path.width(),
        ] = 0
    height, width = seen.shape[:2]
    return cv2.resize(seen, (width // SHRUNK, height // SHRUNK), interpolation=cv2.INTER_AREA)
