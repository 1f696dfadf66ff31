import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.labels.label_session import FrameToLabel
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.screens.label.presenter import describe_frame, format_finished, format_title
from fieldcheck.ui.screens.label.state import KEYS
from tests.ui.faults import faults
from tests.ui.screens.label.conftest import seen
from tests.ui.states import SMALL, USUAL, rest

Key, Mod = Qt.Key, Qt.KeyboardModifier
FRAME = FrameToLabel(
    "a", Path("a.png"), "clip", "Camera 2", "2026-11-25T23:41:07+00:00", 1.0, 64, 48
)


def labels(window):
    return {
        label.frame_id: label for label in window.current.project.read(labels_table.list_labels)
    }


def in_order(window):
    return [pick.frame_id for pick in window.current.project.read(labels_table.list_picks)]


@pytest.mark.long
@pytest.mark.parametrize("spoken", ["en", "de"])
def test_seven_classes_and_buttons_fit_without_scrolling(window, label_screen, settle, spoken):
    window.preferences.update(language=spoken)
    settle()
    view = window.get_shown_screen().view
    keyed = list(
        zip(
            KEYS,
            ("ok", "crack", "porosity", "scratch", "missing_hole", "burr", "wrong_part"),
            strict=False,
        )
    )
    for size in (USUAL, SMALL):
        window.resize(size)
        view.show_work(keyed, kind="class", classes=[name for _, name in keyed], many=False)
        rest(window, settle)
        assert faults(window) == []


@pytest.mark.long
def test_one_key_is_one_label_and_the_next_frame(window, answer):
    order = in_order(window)
    for at, key in enumerate((Key.Key_1, Key.Key_3, Key.Key_2)):
        assert window.get_shown_screen().presenter.state.index == at
        answer(key)
    assert [labels(window)[name].class_name for name in order[:3]] == ["red", "blue", "green"]
    assert all(label.blind for label in labels(window).values())


@pytest.mark.long
def test_the_label_is_on_disk_when_the_next_frame_is_shown(window, label_screen, press, settle):
    press(Key.Key_1)
    settle()
    with open_project(window.current.project.path, write=False) as other:
        assert len(other.read(labels_table.list_labels)) == 1


@pytest.mark.long
def test_a_key_before_the_frame_was_seen_is_not_taken(window, label_screen, press, settle, qtbot):
    window.preferences.update(too_fast_ms=60_000)
    press(Key.Key_1)
    settle()
    assert labels(window) == {}
    assert label_screen.view._note.text() == "Too fast. Press the key again."


@pytest.mark.long
def test_why_a_key_was_refused_goes_with_time_or_the_next_frame(window, label_screen, press, qtbot):
    view = label_screen.view
    view._passing._timer.setInterval(50)
    window.preferences.update(too_fast_ms=60_000)
    press(Key.Key_1)
    assert view._note.text() == "Too fast. Press the key again."
    qtbot.waitUntil(lambda: view._note.text() != "Too fast. Press the key again.")
    view._passing._timer.setInterval(60_000)
    press(Key.Key_1)
    assert view._note.text() == "Too fast. Press the key again."
    press(Key.Key_Right)
    assert view._note.text() != "Too fast. Press the key again."


def test_what_was_asked_before_blind_goes_off_is_asked_anew_on_another_frame(label_screen, press):
    press(Key.Key_B, Mod.ControlModifier)
    assert "not blind" in label_screen.view._note.text()
    press(Key.Key_Right)
    assert "not blind" not in label_screen.view._note.text()
    press(Key.Key_B, Mod.ControlModifier)
    assert label_screen.presenter.state.blind


@pytest.mark.long
def test_space_gives_the_same_again(window, answer):
    answer(Key.Key_2)
    answer(Key.Key_Space)
    assert [label.class_name for label in labels(window).values()] == ["green", "green"]


@pytest.mark.long
def test_unsure_and_skip_are_answers_too(window, answer):
    answer(Key.Key_U)
    answer(Key.Key_X)
    assert sorted(label.state for label in labels(window).values()) == ["skipped", "unsure"]


@pytest.mark.long
def test_backspace_takes_the_last_label_back_and_shows_its_frame(window, answer):
    answer(Key.Key_1)
    answer(Key.Key_2)
    answer(Key.Key_Backspace)
    assert len(labels(window)) == 1
    assert window.get_shown_screen().presenter.state.index == 1


@pytest.mark.long
def test_backspace_never_takes_back_the_choice_of_frames(window, answer):
    answer(Key.Key_Backspace)
    assert len(in_order(window)) == 20
    assert window.get_shown_screen().view._note.text() == "No label to undo."


@pytest.mark.long
def test_undo_and_redo_show_the_frame_they_are_about(window, answer, press, settle):
    for key in (Key.Key_1, Key.Key_2, Key.Key_3):
        answer(key)
    press(Key.Key_Z, Mod.ControlModifier)
    press(Key.Key_Z, Mod.ControlModifier)
    settle()
    assert (len(labels(window)), window.get_shown_screen().presenter.state.index) == (1, 1)
    press(Key.Key_Y, Mod.ControlModifier)
    settle()
    assert (len(labels(window)), window.get_shown_screen().presenter.state.index) == (2, 1)


@pytest.mark.long
def test_browsing_labels_nothing(window, answer):
    answer(Key.Key_1)
    for key, at in (
        (Key.Key_Left, 0), (Key.Key_Left, 0), (Key.Key_End, 19), (Key.Key_Right, 19),
        (Key.Key_N, 1), (Key.Key_Home, 0),
    ):  # fmt: skip
        answer(key)
        assert window.get_shown_screen().presenter.state.index == at
    assert len(labels(window)) == 1


@pytest.mark.long
def test_all_labelled_is_said_and_the_way_on_is_open(window, answer):
    for number in range(20):
        answer(Key.Key_U if number == 7 else Key.Key_1)
    assert window.get_shown_screen().presenter.state.index == 7  # the unsure one comes once more
    answer(Key.Key_2)
    assert (
        window.get_shown_screen().view._note.text()
        == "20 of 20 labelled. Ctrl+Enter shows the result. Press R to relabel some frames blind."
    )
    assert window.current.status.n_labelled == 20
    window.context.actions.get_action("primary").trigger()
    assert window.current_screen == "explore"


@pytest.mark.long
def test_work_goes_on_where_it_stopped(window, answer, settle):
    answer(Key.Key_1)
    answer(Key.Key_1)
    window.show_screen("project")
    window.show_screen("label")
    settle()
    assert window.get_shown_screen().presenter.state.index == 2


@pytest.mark.long
def test_a_class_is_found_by_typing(window, answer, press, settle):
    press(Key.Key_Slash)
    assert window.get_shown_screen().view.finder.field.hasFocus()
    for letter in "gre":
        QTest.keyClick(QApplication.focusWidget(), letter)
    press(Key.Key_Return)
    settle()
    assert [label.class_name for label in labels(window).values()] == ["green"]


def test_without_project_or_picks_the_screen_says_so(window, open_in_window, settle, made):
    window.show_screen("label")
    assert window.get_shown_screen().view.placeholder.isVisible()
    open_in_window(made["footed"])
    settle()
    assert window.get_shown_screen().view.placeholder.isVisible()


@pytest.mark.long
def test_a_picture_that_is_ready_only_after_the_canvas_was_told_is_shown_all_the_same(
    window, label_screen, qtbot, monkeypatch
):
    presenter = label_screen.presenter
    with monkeypatch.context() as still_reading:
        still_reading.setattr(presenter._pictures, "get_image", lambda file: None)
        presenter.open_frame(5)
    presenter.on_painted(5)
    assert presenter.view_tracker.shown_at is None
    presenter.on_image_loaded(str(presenter.state.frames[5].picture))
    seen(qtbot, window)
    assert label_screen.view.canvas.has_image


def test_a_frame_is_named_by_place_time_and_camera():
    assert format_title(FRAME, 37, 100) == "Frame 38 of 100 · 23:41:07 · Camera 2"
    assert format_title(FrameToLabel("a", Path(), "clip", "", "", 0, 1, 1), 0, 1) == "Frame 1 of 1"
    assert describe_frame(format_title(FRAME, 37, 100), None).endswith("Camera 2, not labelled")
    burst = replace(FRAME, scene_place=1, scene_size=3)
    expected = "Camera 2 · burst 1 of 3 · flagged for expert · relabelling"
    assert format_title(burst, 37, 100, expert=True, repeat=True).endswith(expected)


def test_the_end_is_said_with_what_is_still_unsure():
    assert format_finished(100, 0) == (
        "100 of 100 labelled. Ctrl+Enter shows the result. Press R to relabel some frames blind."
    )
    assert format_finished(100, 4).startswith(
        "100 of 100 labelled. 4 frames are unsure: decide them, or press Ctrl+Enter for the result."
    )
    assert format_finished(30, 0, repeated=True).startswith("30 of 30 relabelled.")


@pytest.mark.long
def test_the_class_guide_opens_by_a_key_and_labelling_goes_on(
    window, labelling, made, press, settle, answer, tmp_path
):
    screen = labelling(shutil.copytree(made["labelled"], tmp_path / "guided.fieldcheck"))
    guide = screen.view.guide
    assert guide.isHidden()
    press(Key.Key_K)
    settle()
    assert guide.isVisible()
    assert [row.accessibleName() for row in guide._rows.values()] == ["red", "green", "blue"]
    shown = [row.accessibleDescription() for row in guide._rows.values()]
    assert shown == ["3 benchmark images"] * 3
    assert screen.view.canvas.geometry().contains(guide.geometry())
    press(Key.Key_Right)
    assert guide.isVisible()
    assert screen.presenter.escape()
    assert guide.isHidden()
