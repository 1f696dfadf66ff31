import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.screens.report.view import FormPage

NAMES = {"latency": "Latency", "where": "Error analysis"}


@pytest.fixture
def form(look, shown):
    return shown(FormPage(look), 500, 400)


def test_a_press_on_a_section_tells_all_that_are_off(form):
    told = []
    form.left_out.connect(told.append)
    form.show_form(NAMES, ("where",), "", writable=True)
    assert [chip.isChecked() for chip in form.chips.values()] == [True, False]
    QTest.mouseClick(form.chips["latency"], Qt.MouseButton.LeftButton)
    assert told == [("latency", "where")]


def test_notes_are_told_when_the_field_is_left_and_stay_while_they_are_written(form):
    told = []
    form.notes.given.connect(told.append)
    form.show_form(NAMES, (), "Previous", writable=True)
    QTest.keyClicks(form.notes, "Lamp off. ")
    form.show_form(NAMES, (), "Other", writable=True)
    assert form.notes_text == "Lamp off. Previous"
    QApplication.sendEvent(form.notes, QFocusEvent(QEvent.Type.FocusOut))
    assert told == ["Lamp off. Previous"]
    form.show_form(NAMES, (), "Other", writable=True)
    assert form.notes_text == "Other"


def test_a_project_that_is_only_read_is_not_changed(form):
    form.show_form(NAMES, (), "Previous", writable=False)
    assert form.notes.isReadOnly()
    assert not any(chip.isEnabled() for chip in form.chips.values())
