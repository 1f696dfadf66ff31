"""A hundred frames are a hundred key presses, in the real window."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.analyses.label_noise import format_labelling_pace, list_labelling_rows, measure_pace
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.assemble import build_report
from tests import makers
from tests.ui.screens.label.conftest import seen

CLASSES = {"red": Qt.Key.Key_1, "green": Qt.Key.Key_2, "blue": Qt.Key.Key_3}


LABEL_S, LOUPE_S, CORRECTION_S = 1.73, 1.63, 1.91
"""What an expert's acts take by the keystroke-level model (ux.md 3.6): one label, one look through
the loupe, one correction."""


def test_a_hundred_frames_are_labelled_with_a_hundred_keys(window, hundred, press, settle, qtbot):
    """A3."""
    keys, pressed = list(CLASSES.values()), 0
    for at in range(100):
        seen(qtbot, window)
        press(keys[at % 3])
        pressed += 1
        settle()
    project = window.current.project
    assert pressed == len(project.read(labels_table.list_labels)) == 100
    assert sum(event.n_keys for event in project.read(labels_table.list_label_events)) == 100
    expected = "1.00 keys per label, 0 corrected, all blind"
    assert format_labelling_pace(measure_pace(project)).endswith(expected)
    assert window.get_shown_screen().presenter.state.round.n_left == 0


@pytest.mark.long
def test_a_technician_with_looks_and_corrections_is_done_in_five_minutes_and_the_report_says_how_fast(
    window, hundred, press, settle, qtbot
):
    """A5, with the times of the keystroke-level model in place of a person's: ten looks, five
    corrections, three unsure."""

    def answer(key):
        seen(qtbot, window)
        press(key)
        settle()

    for at in range(100):
        if at % 10 == 3:
            seen(qtbot, window)
            QTest.keyPress(QApplication.focusWidget(), Qt.Key.Key_Z)
            QTest.keyRelease(QApplication.focusWidget(), Qt.Key.Key_Z)
        if at % 20 == 7:
            answer(Qt.Key.Key_1)
            answer(Qt.Key.Key_Backspace)
        answer(Qt.Key.Key_U if at % 40 == 11 else list(CLASSES.values())[at % 3])
    # they come back once, at the end
    while window.get_shown_screen().presenter.state.round.n_unsure:
        answer(Qt.Key.Key_2)
    project = window.current.project
    events = project.read(labels_table.list_label_events)
    found = measure_pace(project)
    labels = found.n_frames + 3
    corrections = sum(event.action == "back" for event in events)
    looks = 10
    assert (labels, corrections, found.n_corrected) == (103, 5, 5)
    assert found.n_keys == 100 + 3 + 2 * 5 + looks  # each of them was counted
    by_model = labels * LABEL_S + corrections * CORRECTION_S + looks * LOUPE_S
    assert 180 < by_model < 300
    told = dict(
        list_labelling_rows(build_report(project, "en", NullProgress(), makers.NOW).provenance)
    )["Labelling speed"]
    pattern = r"100 frames in \d+:\d\d, 1\.\d\d keys per label, 5 corrected, all blind"
    assert re.fullmatch(pattern, told)
