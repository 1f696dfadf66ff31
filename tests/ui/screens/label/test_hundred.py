"""A hundred frames are a hundred key presses, in the real window."""

from PySide6.QtCore import Qt

from fieldcheck.project.tables import label_events as events_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.labelling import pace_line
from fieldcheck.workflows.pace import pace
from tests import makers
from tests.ui.screens.label.conftest import seen

CLASSES = {"red": Qt.Key.Key_1, "green": Qt.Key.Key_2, "blue": Qt.Key.Key_3}


def test_a_hundred_frames_are_labelled_with_exactly_a_hundred_keys(window, open_in_window, footed, press, settle, qtbot):
    makers.draw(footed, 100)
    path = footed.path
    footed.close()
    window.preferences.change(too_fast_ms=0, name="K. M.")
    open_in_window(path)
    window.go("label")
    settle()
    keys, pressed = list(CLASSES.values()), 0
    for at in range(100):
        seen(qtbot, window)
        press(keys[at % 3])
        pressed += 1
        settle()
    project = window.current.project
    assert pressed == len(project.read(labels_table.all)) == 100
    assert sum(event.n_keys for event in project.read(events_table.all)) == 100
    assert pace_line(pace(project)).endswith("1.00 keys per label, 0 corrected, all blind")
    assert window.screen().presenter.round.n_left == 0
