import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.ui.errors import ALARM
from fieldcheck.ui.widgets.buttons import KEYS_SHOWN, KeyButton

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.mark.long
def test_undo_goes_to_the_screen_of_its_act(window, open_in_window, settle, drawn, press):
    drawn.close()
    open_in_window(drawn.path)
    picks = window.current.project.read(picks_table.list_picks)
    window.current.run_edit(
        None,
        lambda project: set_label(
            project, picks[0].frame_id, LabelDecision("red"), "", "2026-03-01T08:00:00+00:00"
        ),
    )
    settle()
    assert window.current.undo_depth == 2
    press(Key.Key_Z, Mod.ControlModifier)
    settle()
    settle()
    assert window.messages.history[-1].text == "Undone: frame 1: red → unlabelled"
    assert window.current_screen == "label"
    assert window.current.status.n_labelled == 0
    press(Key.Key_Y, Mod.ControlModifier)
    settle()
    assert window.current.status.n_labelled == 1
    settle()
    assert window.messages.history[-1].text == "Redone: frame 1: unlabelled → red"


def test_ctrl_s_answers_that_everything_is_saved(window, press):
    press(Key.Key_S, Mod.ControlModifier)
    assert window.messages.history[-1].text == "All changes are saved automatically."


def test_the_diagnostics_name_versions_and_no_work(window, press):
    press(Key.Key_C, Mod.ControlModifier | Mod.ShiftModifier)
    said = QApplication.clipboard().text()
    assert said.startswith("Fieldcheck ")
    assert "Qt" in said


def test_escape_closes_a_banner_when_the_screen_has_the_focus(window, press):
    window.messages.show_banner("x", "Something lasts.")
    window.get_shown_screen().focus.setFocus()
    press(Key.Key_Escape)
    assert window.messages.banners == ()


@pytest.mark.long
def test_ctrl_z_on_label_never_undoes_the_draw(window, label_screen, answer, press, settle):
    """The draw is the act before them; pressing once too often must not throw the sample away."""
    for key in (Key.Key_1, Key.Key_2, Key.Key_U):
        answer(key)
    picks = window.current.project.read(picks_table.list_picks)
    assert window.current.status.n_left == len(picks) - 3
    for _ in range(6):
        press(Key.Key_Z, Mod.ControlModifier)
        settle()
    assert window.current.status.n_left == len(picks)
    assert window.current.project.read(picks_table.list_picks) == picks
    assert window.current_screen == "label"
    assert "“frame selection”, belongs to another screen" in window.messages.history[-1].text
    for _ in range(5):
        press(Key.Key_Y, Mod.ControlModifier)
        settle()
    assert window.current.status.n_left == len(picks) - 3


def test_while_alt_is_held_every_button_shows_its_key(window):
    window.show_screen("project")
    window.context.actions.get_action("project.new").trigger()
    buttons = window.findChildren(KeyButton)
    button = next(one for one in buttons if one.get_label() == "Cancel" and one.isVisible())
    quiet = button.grab().toImage()
    QTest.keyPress(window, Qt.Key.Key_Alt)
    assert button.grab().toImage() != quiet
    QTest.keyRelease(window, Qt.Key.Key_Alt)
    assert button.grab().toImage() == quiet


def test_every_button_shows_its_key_as_long_as_the_settings_say_so(window):
    show = window.context.actions.get_action("show_keys").trigger
    show()
    assert (window.property(KEYS_SHOWN), window.preferences.settings.show_keys) == (True, True)
    QTest.keyPress(window, Qt.Key.Key_Alt)
    QTest.keyRelease(window, Qt.Key.Key_Alt)
    assert window.property(KEYS_SHOWN)
    show()
    assert not window.property(KEYS_SHOWN)
    window.preferences.update(first_visit=True)
    assert window.property(KEYS_SHOWN)
    show()
    assert not window.property(KEYS_SHOWN)


@pytest.mark.long
def test_escape_closes_banner_after_banner_wherever_the_focus_is(window, press):
    window.show_screen("capture")
    for key in ("one", "two"):
        window.messages.show_banner(key, f"The file {key} cannot be read.", ALARM)
    window.header.setFocus()
    press(Key.Key_Escape)
    press(Key.Key_Escape)
    assert window.messages.banners == ()


@pytest.mark.long
def test_escape_in_a_field_leaves_the_field_before_it_closes_a_banner(window, press, screen_of):
    screen = screen_of("footed", "capture")
    window.messages.show_banner("one", "It cannot be read.", ALARM)
    screen.view.camera.setFocus()
    press(Key.Key_Escape)
    assert not screen.view.camera.hasFocus()
    assert len(window.messages.banners) == 1
    press(Key.Key_Escape)
    assert window.messages.banners == ()
