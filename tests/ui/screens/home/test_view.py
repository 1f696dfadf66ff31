import shutil

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.ui.screens.home.captions import ElidedLabel
from fieldcheck.ui.screens.home.presenter import OVERVIEW, START, WIZARD
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import FilePicker
from fieldcheck.ui.widgets.layouts import PlainLabel, get_focus_target
from tests import makers
from tests.counts import rows
from tests.ui.conftest import inside
from tests.ui.states import SMALL, rest

COPY, LEFT, NONE = (
    Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
)  # fmt: skip


def test_one_page_is_shown_and_keys_go_to_what_it_is_about(view):
    assert view.page == START
    assert get_focus_target(view) is view.start.recent
    view.show_page(WIZARD)
    expected = [False, True, False]
    assert [page.isVisible() for page in (view.start, view.wizard, view.overview)] == expected
    assert view.wizard.name.hasFocus()
    view.show_page(OVERVIEW)
    assert get_focus_target(view) is view


@pytest.mark.long
def test_it_tells_once_that_it_was_painted(window, qtbot):
    told = []
    window.preferences.update(theme="dark")
    view = window.get_shown_screen().view
    view.painted.connect(lambda: told.append(1))
    view.repaint()
    view.repaint()
    qtbot.waitUntil(lambda: told == [1])


@pytest.mark.long
@pytest.mark.parametrize("spoken", rows(["xx"], full=["en"]))
@pytest.mark.parametrize("size", [QSize(1366, 690), QSize(1092, 552)], ids=["usual", "small"])
def test_every_button_of_every_page_is_within_the_window_without_scrolling(
    window, settle, qtbot, spoken, size, labelled, open_in_window
):
    labelled.close()
    window.preferences.update(language=spoken)
    open_in_window(labelled.path)
    window.resize(size)
    window.show_screen("project")
    settle()
    view = window.get_shown_screen().view
    area = next(one for one in window.findChildren(QScrollArea) if one.widget() is view)
    for page in (START, WIZARD, OVERVIEW):
        view.show_page(page)
        if page == WIZARD:
            view.wizard.show_footage(["a.mp4"] * 20)
            sentence = "It is no model, and what to do about it takes a while to say in full."
            view.wizard.show_model("net.onnx", "", sentence)
        qtbot.wait(100)  # a layout whose lines wrap needs several rounds
        qtbot.waitUntil(
            lambda: (
                not area.verticalScrollBar().isVisible()
                and not area.horizontalScrollBar().isVisible()
            )
        )
        for button in view.findChildren(KeyButton):
            if button.isVisible() and not view.start.recent.isAncestorOf(button):
                assert window.rect().contains(inside(button, window)), button.get_label()
                assert button.width() >= button.minimumSizeHint().width(), button.get_label()
        for said in view.findChildren(QLabel):
            if said.isVisible() and not view.start.recent.isAncestorOf(said) and said.wordWrap():
                assert said.height() >= said.heightForWidth(said.width()), said.text()


def files(*paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_files_from_this_computer_can_be_dropped_anywhere_on_it(view, tmp_path):
    dropped = []
    view.dropped.connect(dropped.append)
    data = files(tmp_path / "net.onnx", tmp_path / "part.png")
    over = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    QApplication.sendEvent(view, over)
    assert over.isAccepted()
    QApplication.sendEvent(view, QDropEvent(QPointF(5, 5), COPY, data, LEFT, NONE))
    assert dropped == [[tmp_path / "net.onnx", tmp_path / "part.png"]]


def test_what_is_no_file_is_not_taken(view):
    data = QMimeData()
    data.setUrls([QUrl("http://127.0.0.1/net.onnx")])
    over = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    QApplication.sendEvent(view, over)
    assert not over.isAccepted()


@pytest.mark.long
def test_without_a_mouse_the_same_files_are_chosen_one_after_the_other(view, tmp_path):
    dropped = []
    view.dropped.connect(dropped.append)
    view.prompt_for_trial(has_model=False)
    view.findChildren(FilePicker)[0].chosen.emit([tmp_path / "net.onnx"])
    view.findChildren(FilePicker)[1].chosen.emit([tmp_path / "part.png"])
    assert dropped == [[tmp_path / "net.onnx", tmp_path / "part.png"]]
    for dialog in view.findChildren(FilePicker):
        dialog.reject()


@pytest.mark.long
@pytest.mark.parametrize("spoken", ["en", "de", "xx"])
def test_the_question_which_classes_are_ok_is_whole_in_a_small_window(
    window, settle, qtbot, spoken, open_in_window, tmp_path
):
    classes = ("good", "no_defect", "scratch", "burr", "crack", "missing screw", "wrong part")
    wanted = NewProjectRequest(classes=classes)
    set_up_project(tmp_path / "p.fieldcheck", wanted, makers.NOW).project.close()
    window.preferences.update(language=spoken)
    open_in_window(tmp_path / "p.fieldcheck")
    window.resize(QSize(1092, 552))
    window.show_screen("project")
    settle()
    card = window.get_shown_screen().view.overview.limits
    areas = window.findChildren(QScrollArea)
    area = next(one for one in areas if one.widget() is window.get_shown_screen().view)
    qtbot.waitUntil(lambda: card.confirm.isVisible() and not area.verticalScrollBar().isVisible())
    assert window.rect().contains(inside(card.confirm, window))
    assert card.confirm.width() >= card.confirm.sizeHint().width()
    assert all(value.text() == value.whole for value in card.findChildren(ElidedLabel))
    wrapped = [one for one in card.findChildren(PlainLabel) if one.isVisible() and one.wordWrap()]
    assert wrapped
    assert all(one.height() >= one.heightForWidth(one.width()) for one in wrapped)
    window.get_shown_screen().presenter.overview_presenter.edit_limits()
    qtbot.waitUntil(
        lambda: card.chips["wrong part"].isVisible() and not area.verticalScrollBar().isVisible()
    )
    assert [name for name, chip in card.chips.items() if chip.isChecked()] == ["good", "no_defect"]
    assert all(window.rect().contains(inside(chip, window)) for chip in card.chips.values())


@pytest.mark.long
def test_the_cards_of_a_project_give_way_to_the_small_window_and_only_the_pictures_do(
    window, open_in_window, settle, made, tmp_path
):
    window.resize(SMALL)
    window.preferences.update(language="de")
    open_in_window(shutil.copytree(made["labelled"], tmp_path / "p.fieldcheck"))
    window.show_screen("project")
    settle()
    rest(window, settle)
    view = window.get_shown_screen().view
    wanted = view.layout().heightForWidth(view.width())
    assert view.heightForWidth(view.width()) < wanted  # what pictures would like is not asked for
    assert view.height() <= view.parentWidget().height()
    eye = view.overview.model.eye
    assert eye.isVisible()
    assert eye.height() >= eye.minimumSizeHint().height()
