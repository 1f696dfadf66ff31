from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.domain.report import ReportForm
from fieldcheck.report import registry


def test_a_section_is_turned_off_by_key_and_notes_go_into_the_report_that_is_written_next(
    window, open_in_window, settle, labelled, press
):
    path = labelled.path
    labelled.close()
    open_in_window(path)
    window.show_screen("report")
    settle()
    screen, project = window.get_shown_screen(), window.current.project
    press(Qt.Key.Key_S)
    assert screen.view.middle.current_page is screen.view.form
    QTest.mouseClick(screen.view.form.chips["latency"], Qt.MouseButton.LeftButton)
    settle()
    screen.view.form.notes.setFocus()
    QTest.keyClicks(screen.view.form.notes, "Lamp 2 was off.")
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)  # the field still has the keys
    settle()
    assert registry.load_report_form(project) == ReportForm(("latency",), "Lamp 2 was off.")
    (page,) = (path / "reports").glob("Fieldcheck_*/report.html")
    assert "Lamp 2 was off." in page.read_text("utf-8")
    project.undo()
    assert registry.load_report_form(project) == ReportForm(("latency",), "")
