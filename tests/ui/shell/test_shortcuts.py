from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from fieldcheck.i18n import language
from fieldcheck.ui.screen import GLOBAL, ActionSpec
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.shell.shortcuts import Actions

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def stage(qtbot, look):
    """A window with a canvas, a text field and a button, and the actions on it."""
    made = QWidget()
    made.canvas, made.field, made.button = QWidget(made), QLineEdit(made), QPushButton("Go", made)
    made.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    column = QVBoxLayout(made)
    for widget in (made.canvas, made.field, made.button):
        column.addWidget(widget)
    made.actions = Actions(made, [record(entry) for entry in list_actions()])
    made.done = []
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.canvas.setFocus()
    return made


def record(entry):
    """The same action, which only says that it was done, to a list."""
    if entry.hold:
        return replace(entry, hold=lambda done, down: done.append(down))
    return replace(entry, run=lambda done: done.append(entry.id))


def build(stage, *screens):
    for screen in screens:
        stage.actions.bind_screen(screen, stage.done)


@pytest.mark.parametrize("modifier", [Mod.NoModifier, Mod.KeypadModifier])
def test_a_digit_labels_from_the_main_row_and_from_the_keypad(stage, modifier):
    build(stage, "label")
    stage.actions.set_screen("label")
    QTest.keyClick(stage.canvas, Key.Key_3, modifier)
    assert stage.done == ["label.class_3"]


def test_what_cannot_be_done_yet_is_done_once_as_soon_as_it_can(stage, qtbot):
    stage.actions.set_screen("label")
    stage.actions.trigger_soon("label.class_3")
    build(stage, "label")
    stage.actions.set_enabled("label.class_3", True)
    qtbot.waitUntil(lambda: stage.done == ["label.class_3"])
    stage.actions.trigger_soon("label.class_4")
    assert stage.done == ["label.class_3", "label.class_4"]


def test_what_waits_is_forgotten_with_another_act_or_screen(stage, qtbot):
    build(stage, "label")
    stage.actions.set_screen("label")
    for forget in (
        lambda: stage.actions.get_action("label.class_3").trigger(),
        lambda: stage.actions.set_screen("label"),
    ):
        stage.actions.set_enabled("label.class_4", False)
        stage.actions.trigger_soon("label.class_4")
        forget()
        build(stage, "label")
        stage.actions.set_enabled("label.class_4", True)
        qtbot.wait(20)
    assert stage.done == ["label.class_3"]


def test_an_action_of_another_screen_does_nothing(stage):
    build(stage, "label", "stress")
    stage.actions.set_screen("stress")
    QTest.keyClick(stage.canvas, Key.Key_3)
    assert stage.done == ["stress.corruption_3"]


def test_letters_go_into_a_text_field_and_not_to_the_screen(stage):
    build(stage, "label")
    stage.actions.set_screen("label")
    stage.field.setFocus()
    for letter in "u1 ":
        QTest.keyClick(stage.field, letter)
    assert (stage.field.text(), stage.done) == ("u1 ", [])


def test_space_presses_the_button_that_has_the_focus(stage):
    build(stage, "label")
    stage.actions.set_screen("label")
    stage.button.clicked.connect(lambda: stage.done.append("button"))
    stage.button.setFocus()
    QTest.keyClick(stage.button, Key.Key_Space)
    stage.canvas.setFocus()
    QTest.keyClick(stage.canvas, Key.Key_Space)
    assert stage.done == ["button", "label.same"]


def test_a_held_key_is_told_when_it_goes_down_and_when_it_comes_up(stage):
    build(stage, "label")
    stage.actions.set_screen("label")
    QTest.keyPress(stage.canvas, Key.Key_Z)
    assert stage.done == [True]
    QTest.keyRelease(stage.canvas, Key.Key_Z)
    assert stage.done == [True, False]


def test_a_key_that_repeats_by_itself_labels_once(stage):
    build(stage, "label")
    stage.actions.set_screen("label")
    assert stage.actions.get_action("label.class_1").autoRepeat() is False
    assert stage.actions.get_action("label.left").autoRepeat() is True


def test_an_action_can_be_switched_off_and_on(stage):
    build(stage, "")
    stage.actions.set_enabled("undo", False)
    QTest.keyClick(stage.canvas, Key.Key_Z, Mod.ControlModifier)
    stage.actions.set_enabled("undo", True)
    QTest.keyClick(stage.canvas, Key.Key_Z, Mod.ControlModifier)
    assert stage.done == ["undo"]


def test_while_something_lies_over_the_screen_its_keys_rest(stage):
    build(stage, "label", "")
    stage.actions.set_screen("label")
    stage.actions.set_blocked(True)
    QTest.keyClick(stage.canvas, Key.Key_1)
    stage.actions.set_blocked(False)
    QTest.keyClick(stage.canvas, Key.Key_1)
    assert stage.done == ["label.class_1"]


def test_a_name_that_is_not_in_the_table_is_an_error(stage):
    with pytest.raises(KeyError):
        stage.actions.get_action("label.everything")


def test_the_list_for_this_screen_begins_with_its_own_actions(stage):
    stage.actions.set_screen("report")
    screens = [entry.screen for entry, _ in stage.actions.list_available()]
    assert set(screens) == {"report", ""}
    assert screens == sorted(screens, key=lambda screen: screen == "")


@pytest.mark.parametrize(("keys", "shown"), [
    ((), ""),
    (("Ctrl+Return",), "Ctrl+Enter"),
    (("Alt+Shift+Left",), "Alt+Shift+←"),
    (("Ctrl++", "Ctrl+="), "Ctrl++"),
    (("PgDown",), "PgDn"),
    (("Backspace",), "⌫"),
])  # fmt: skip
def test_the_first_key_is_written_as_it_stands_on_a_keyboard(keys, shown):
    assert ActionSpec("one", "One", keys).shown_key == shown


def test_keys_are_named_as_in_the_language_that_is_spoken():
    with language.use_language("de"):
        assert ActionSpec("primary", "", ("Ctrl+Return",)).shown_key == "Strg+Enter"


def test_an_action_without_a_screen_is_valid_everywhere():
    assert ActionSpec("quit", "Quit").screen == GLOBAL
