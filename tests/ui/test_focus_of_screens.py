"""Wherever the keys are, a ring of the theme's focus colour says so: each control that Tab reaches,
on each screen, in all four themes. Acceptance A15: every action stands on the key sheet. That each
control has a name and a way without a mouse is seen where the layout of all screens is: on one
walk."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget

from fieldcheck.ui.colours_and_high_contrast import THEMES, compute_contrast
from fieldcheck.ui.screens import SCREENS
from tests.ui.access import CONTROLS, walked
from tests.ui.states import arrive, copy_of, rest

RING_AROUND, LEAST_PIXELS, ALIKE = 6, 24, 24
"""Pixels around a control that belong to its ring; so many are to change into the colour; of 255 in
a channel."""
SHOWN = {
    "": ("project",),
    "drawn": ("label",),
    "labelled": tuple(screen for screen in SCREENS if screen != "label"),
}
"""The screens to look at with each project; the first one is none."""


@pytest.mark.full("focus_rings")
def test_every_control_shows_its_focus(
    window, still, settle, open_in_window, every_made, tmp_path, counts
):
    """A build machine sees each screen in one theme, the themes in turn."""
    n_themes = counts(ci=1, full=len(THEMES))
    window.preferences.update(too_fast_ms=0)
    found = []
    for project, screens in SHOWN.items():
        if project:
            open_in_window(copy_of(project, every_made, tmp_path))
        for at, theme in enumerate(THEMES):
            shown = screens if n_themes > 1 else screens[at :: len(THEMES)]
            if shown:
                window.preferences.update(theme=theme)
            for screen in shown:
                window.show_screen(screen)
                arrive(settle)
                rest(window, settle)  # until the screen before has faded
                found += [f"{project} {screen} in {theme}: {one}" for one in without_ring(window)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_ring_is_seen_against_whatever_it_lies_on(theme):
    for ground in (theme.window, theme.panel, theme.rail):
        assert compute_contrast(theme.focus, ground) >= 3
    # of the primary button, which is filled with the accent
    assert compute_contrast(theme.on_accent, theme.accent) >= 3


def without_ring(window):
    """The controls that Tab reaches and that do not show when they have the keys."""
    reached = walked(window)
    for before, control in zip([None, *reached], reached, strict=False):
        if before is None:
            window.focus_screen()
        else:
            # by the key, since that scrolls the control into view and setFocus() does not
            before.setFocus()
            QTest.keyClick(before, Qt.Key.Key_Tab)
        control.setFocus()
        QApplication.processEvents()
        if isinstance(control, CONTROLS) and control.hasFocus() and not ringed(control, window):
            yield f"{type(control).__name__} “{control.accessibleName()}”"


def ringed(control, window):
    """Whether pixels in a colour of the ring come when the control gets the keys."""
    tokens = window.context.theme.tokens
    box = around(control, window)  # the rail lies open while it has the keys
    with_focus = painted(box, window)
    control.clearFocus()
    QApplication.processEvents()
    without = painted(box, window)
    control.setFocus()
    changed = with_focus[np.abs(with_focus.astype(np.int16) - without).max(axis=2) > ALIKE].astype(
        int
    )
    colours = [
        np.array(QColor(one).getRgb()[:3][::-1])
        for one in (tokens.focus, tokens.text, tokens.on_accent)
    ]
    of_ring = np.min([np.abs(changed - colour).max(axis=1) for colour in colours], axis=0) <= ALIKE
    return of_ring.sum() >= LEAST_PIXELS


def around(control, window):
    """The control with what lies around it, in the window."""
    return QRect(control.mapTo(window, QPoint(0, 0)), control.size()).adjusted(
        *[-RING_AROUND] * 2, *[RING_AROUND] * 2
    )


def painted(box, window):
    """(h, w, 3) uint8 BGR of a part of the window."""
    image = (
        window.grab(box.intersected(window.rect()))
        .toImage()
        .convertToFormat(QImage.Format.Format_BGR888)
    )
    seen = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[
        :, : image.width() * 3
    ]
    return seen.reshape(image.height(), image.width(), 3).copy()


def test_every_action_of_a_screen_stands_on_its_key_sheet(window):
    missing = []
    for screen in SCREENS:
        window.show_screen(screen)
        wanted = {entry.text for entry, _ in window.context.actions.list_available() if entry.keys}
        window.overlays.show_shortcuts()
        sheet = window.centralWidget().findChildren(QListWidget)
        said = "\n".join(one.item(at).text() for one in sheet for at in range(one.count()))
        window.overlays.close_open()
        missing += [(screen, words) for words in wanted if words not in said]
    assert missing == []
