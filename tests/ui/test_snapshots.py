"""The look of the window: what a screen is painted like, in each theme, must not change unseen.

The kept pictures are a quarter of the size, so that a pixel of the font does not count and a part that moved, vanished or lost its colour
does. `FIELDCHECK_NEW_SNAPSHOTS=1 pytest tests/ui/test_snapshots.py` takes them anew; look at them before they are committed.
"""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from fieldcheck.ui.widgets.key_button import KeyButton
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


@pytest.mark.parametrize(
    ("project", "screen", "theme", "spoken", "size"), STATES, ids=lambda value: str(getattr(value, "width", lambda: value)())
)
def test_the_screen_is_painted_as_it_was(window, settle, open_in_window, made, tmp_path, project, screen, theme, spoken, size):
    window.preferences.change(theme=theme, language=spoken, too_fast_ms=0)
    window.resize(size)
    if project:
        open_in_window(shutil.copytree(made[project], tmp_path / f"{project}.fieldcheck"))
    window.go(screen)
    rest(window, settle)
    seen = shrunk(window)
    path = KEPT / f"{project or 'none'}-{screen}-{theme}-{spoken}-{size.width()}.png"
    if NEW:
        KEPT.mkdir(exist_ok=True)
        cv2.imwrite(str(path), seen)
    kept = cv2.imread(str(path))
    assert kept.shape == seen.shape
    changed = (np.abs(kept.astype(int) - seen).max(axis=2) > APART).mean()
    assert changed <= SHARE, f"{changed:.1%} of {path.name} are painted otherwise"


def test_a_part_that_vanished_is_seen(window, settle):
    rest(window, settle)
    before = shrunk(window)
    next(one for one in window.stack.findChildren(KeyButton) if one.isVisible()).parentWidget().hide()
    rest(window, settle)
    assert (np.abs(before.astype(int) - shrunk(window)).max(axis=2) > APART).mean() > SHARE


def shrunk(window):
    """A quarter of the screen that is shown as (h, w, 3) uint8, without paths, which differ from run to run."""
    image = window.stack.grab().toImage().convertToFormat(QImage.Format.Format_BGR888)
    seen = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[:, : image.width() * 3]
    seen = seen.reshape(image.height(), image.width(), 3).copy()
    for path in (label for label in window.stack.findChildren(QLabel) if label.isVisible() and os.sep in label.text()):
        corner = path.mapTo(window.stack, QPoint(0, 0))
        seen[max(0, corner.y()) : corner.y() + path.height(), max(0, corner.x()) : corner.x() + path.width()] = 0
    height, width = seen.shape[:2]
    return cv2.resize(seen, (width // SHRUNK, height // SHRUNK), interpolation=cv2.INTER_AREA)
