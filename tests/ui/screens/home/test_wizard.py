import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from fieldcheck.ui.screens.home.new_project import NewProjectForm, WizardPage
from fieldcheck.ui.widgets.buttons import KeyButton


@pytest.fixture
def page(look, qtbot):
    made = WizardPage(look)
    qtbot.addWidget(made)
    made.show_footage([])
    made.show_model("", "", "")
    made.show_classes(())
    made.show()
    return made


def press(page, said):
    next(
        one for one in page.findChildren(KeyButton) if one.get_label() == said and one.isVisible()
    ).click()


def test_the_fields_hold_what_they_are_filled_with_and_enter_creates(page, qtbot):
    page.fill_form(NewProjectForm(" Line 7 ", "/v", "Werk 2", "ok\nscratch"))
    assert page.get_form() == NewProjectForm("Line 7", "/v", "Werk 2", "ok\nscratch")
    with qtbot.waitSignal(page.created):
        QTest.keyClick(page.name, Qt.Key.Key_Return)
    with qtbot.waitSignal(page.edited):
        QTest.keyClicks(page.site, "!")


def test_what_is_wrong_stands_below_its_field(page):
    page.show_errors(name="It needs a name.")
    assert page.error_texts == ("It needs a name.", "")
    page.show_errors()
    assert page.error_texts == ("", "")


def test_a_model_offers_another_or_none(page, qtbot):
    page.show_model("net.onnx", "", "It is no model.")
    assert page.model_error == "It is no model."
    with qtbot.waitSignal(page.model_dropped):
        press(page, "Continue without a model")
    page.show_model("", "", "")
    assert not [
        one for one in page.findChildren(KeyButton) if one.get_label() == "Choose another file…"
    ]


def test_classes_of_a_model_are_shown_and_others_are_typed(page):
    page.show_classes(("ok", "crack"))
    assert not page.classes.isVisible()
    page.show_classes(())
    assert page.classes.isVisible()


def test_files_are_chosen_in_dialogs(page, qtbot, tmp_path):
    told = []
    page.footage_chosen.connect(told.append)
    page.model_chosen.connect(told.append)
    for said in ("Video files…", "Image folder…"):
        press(page, said)
    for choose in [one for one in page.findChildren(KeyButton) if one.get_label() == "Choose…"]:
        choose.click()
    for dialog in page.findChildren(QFileDialog):
        if dialog.fileMode() == QFileDialog.FileMode.ExistingFiles:
            dialog.filesSelected.emit([str(tmp_path / "a.mp4")])
        else:
            dialog.fileSelected.emit(str(tmp_path))
        dialog.close()
    assert [tmp_path / "a.mp4"] in told
    assert [tmp_path] in told
    assert tmp_path in told
    assert page.get_form().place == str(tmp_path)
    page.show_footage(["a.mp4", "b.mp4"])
    with qtbot.waitSignal(page.footage_dropped):
        press(page, "Remove files")
