"""The frame never moves while it is labelled: whatever is said, pressed or switched, its place in
the window stays."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.errors.files import DiskFull
from tests.counts import only_full, rows
from tests.ui.screens.label.conftest import seen
from tests.ui.states import SMALL, USUAL

Key, Mod = Qt.Key, Qt.KeyboardModifier
LONG = (
    "Not saved: " + "the disk of the project is full, and nothing more can be written to it. " * 4
)


def place(window):
    """Where the canvas stands in the window, whether or not a part of it was scrolled out of
    sight."""
    QApplication.processEvents()
    canvas = window.get_shown_screen().view.canvas
    assert window._pages["label"].verticalScrollBar().maximum() == 0
    return canvas.mapTo(window, QPoint(0, 0)), canvas.size()


def everything_else(window, press, settle, qtbot):
    """(what was done, doing it) of all that says or switches something beside a label."""
    messages, view = window.messages, window.get_shown_screen().view
    context = window.context

    def typed(letters):
        press(Key.Key_Slash)
        for letter in letters:
            QTest.keyClick(QApplication.focusWidget(), letter)

    return [
        ("unsure", lambda: press(Key.Key_U)),
        ("skipped, which asks why", lambda: press(Key.Key_X)),
        ("why", lambda: press(Key.Key_1, Mod.AltModifier)),
        ("flagged for expert", lambda: press(Key.Key_E)),
        ("a burst", lambda: press(Key.Key_B)),
        ("blind asked", lambda: press(Key.Key_B, Mod.ControlModifier)),
        ("not blind", lambda: press(Key.Key_B, Mod.ControlModifier)),
        ("the model's answer taken over", lambda: press(Key.Key_M)),
        ("blind", lambda: press(Key.Key_B, Mod.ControlModifier)),
        ("shadows lifted", lambda: press(Key.Key_L)),
        ("loupe", lambda: QTest.keyPress(QApplication.focusWidget(), Key.Key_Z)),
        ("no loupe", lambda: QTest.keyRelease(QApplication.focusWidget(), Key.Key_Z)),
        ("browsed", lambda: press(Key.Key_Left)),
        ("looking for a class", lambda: typed("re")),
        (
            "found none",
            lambda: (QTest.keyClick(QApplication.focusWidget(), "z"), press(Key.Key_Return)),
        ),
        ("done looking", lambda: press(Key.Key_Escape)),
        ("a long note", lambda: view.show_note(LONG)),
        ("a long state", lambda: view.show_state(LONG)),
        ("no note", lambda: view.show_note("")),
        ("a banner", lambda: messages.show_error(DiskFull(Path("label")), "label")),
        ("three banners", lambda: [messages.show_banner(f"b{at}", LONG) for at in range(3)]),
        (
            "banners closed",
            lambda: [messages.clear_banner(key) for key in ("label", "b0", "b1", "b2")],
        ),
        ("a toast", lambda: messages.show_toast(LONG)),
        ("a job", lambda: context.runner.run_job(None, "Model run", lambda progress: None)),
        ("finder", lambda: (press(Key.Key_K, Mod.ControlModifier), press(Key.Key_Escape))),
        ("taken back", lambda: press(Key.Key_Backspace)),
        ("undone", lambda: press(Key.Key_Z, Mod.ControlModifier)),
        ("done again", lambda: press(Key.Key_Y, Mod.ControlModifier)),
        (
            "another screen and back",
            lambda: (window.show_screen("pick"), settle(), window.show_screen("label")),
        ),
    ]


@only_full
def test_a_hundred_frames_move_the_canvas_by_no_pixel(window, hundred, press, settle, qtbot):
    before, moved = place(window), []
    for name, do in everything_else(window, press, settle, qtbot):
        do()
        settle()
        if place(window) != before:
            moved.append(name)
    session = window.get_shown_screen().presenter.state
    keys = (Key.Key_1, Key.Key_2, Key.Key_3)
    n = 0
    while session.round.n_left:
        seen(qtbot, window)
        press(keys[n % 3])
        n += 1
        settle()
        if place(window) != before:
            moved.append(f"label {n}")
    press(Key.Key_R)
    settle()
    moved += ["repeats"] * (place(window) != before)
    assert moved == []
    assert n > 90


@pytest.mark.parametrize(
    ("size", "percent", "gloves"),
    rows([(SMALL, 175, False)], full=[(USUAL, 175, True), (SMALL, 100, True)]),
)
def test_it_stays_in_large_text(window, hundred, press, settle, qtbot, size, percent, gloves):
    window.resize(size)
    window.preferences.update(size=percent, gloves=gloves)
    settle()
    seen(qtbot, window)
    before, moved = place(window), []
    for name, do in everything_else(window, press, settle, qtbot):
        do()
        settle()
        if place(window) != before:
            moved.append(name)
    assert moved == []
    assert before[1].width() * before[1].height() > 0.2 * QSize(size).width() * size.height()


OF_A_BOX = (
    ("a box", Key.Key_Insert, Mod.NoModifier), ("another class", Key.Key_2, Mod.NoModifier),
    ("moved", Key.Key_Up, Mod.NoModifier),
    ("far", Key.Key_Right, Mod.ShiftModifier), ("wider", Key.Key_Right, Mod.AltModifier),
    ("a second one", Key.Key_D, Mod.ControlModifier),
    ("occluded", Key.Key_H, Mod.NoModifier), ("truncated", Key.Key_C, Mod.NoModifier), ("snapped",
    Key.Key_S, Mod.NoModifier),
    ("the other one", Key.Key_Tab, Mod.NoModifier), ("remembered", Key.Key_C, Mod.ControlModifier),
    ("gone", Key.Key_Delete, Mod.NoModifier), ("back again", Key.Key_V, Mod.ControlModifier),
    ("by four points", Key.Key_G, Mod.NoModifier),
    ("by two", Key.Key_G, Mod.NoModifier), ("those of the nearest frame", Key.Key_P,
    Mod.NoModifier),
    ("accepted", Key.Key_Return, Mod.NoModifier),
)  # fmt: skip


@pytest.mark.long
def test_drawing_and_naming_boxes_moves_no_pixel(window, boxes_screen, press, settle, qtbot):
    before, moved, drawn = place(window), [], 0
    while boxes_screen.state.round.n_left > 3:
        for name, key, modifier in OF_A_BOX:
            seen(qtbot, window)
            press(key, modifier)
            settle()
            drawn = max(drawn, len(boxes_screen.drawing.boxes))
            if place(window) != before:
                moved.append(name)
    while boxes_screen.state.round.n_left:  # nothing is there; with the last one the result comes
        seen(qtbot, window)
        press(Key.Key_0)
        settle()
    assert window.get_shown_screen().presenter.round_result.is_open
    window.get_shown_screen().presenter.escape()
    settle()
    moved += ["the result and back"] * (place(window) != before)
    assert moved == []
    assert drawn > 1
