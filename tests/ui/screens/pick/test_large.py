"""A pick in the place of all of them, by keys in the real window."""

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.cut_clips import cut_clip
from fieldcheck.workflows.footage.sampling_list import lines

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def view(window, made, tmp_path, open_in_window, settle):
    open_in_window(shutil.copytree(made["drawn"], tmp_path / "drawn.fieldcheck"))
    window.go("pick")
    settle()
    return window.shown_screen().view


def test_enter_opens_the_frame_arrows_go_on_and_escape_comes_back(view, press, settle, qtbot):
    press(Key.Key_Return)
    settle()
    assert view.is_large
    assert QApplication.focusWidget() is view.large
    qtbot.waitUntil(lambda: view.large.accessibleDescription().startswith("Frame 1, clip "), timeout=10_000)
    press(Key.Key_Right)
    settle()
    qtbot.waitUntil(lambda: view.large.accessibleDescription().startswith("Frame 2, clip "), timeout=10_000)
    press(Key.Key_Escape)
    assert not view.is_large
    assert QApplication.focusWidget() is view.grid
    assert view.grid.currentIndex().row() == 1


def test_z_shows_it_pixel_for_pixel_and_whole_again(view, press, settle):
    press(Key.Key_Z)
    settle()
    assert (view.is_large, view.large.true_pixels) == (True, True)
    press(Key.Key_Z)
    assert (view.is_large, view.large.true_pixels) == (True, False)
    press(Key.Key_Return)
    assert not view.is_large


def test_all_are_selected_marked_and_set_back_by_keys(view, window, press, settle):
    press(Key.Key_A, Mod.ControlModifier)
    assert view.grid.selected() == list(view.grid.tiles.frame_ids)
    press(Key.Key_F)
    settle()
    assert sum(mark.person for mark in window.current.project.read(marks_table.all).values()) == len(view.grid.tiles.frame_ids)
    press(Key.Key_U)
    settle()
    assert window.current.project.read(marks_table.all) == {}


def test_a_range_is_selected_with_shift_and_what_is_out_comes_back_with_p(view, window, press, settle, qtbot):
    press(Key.Key_Right, Mod.ShiftModifier)
    assert len(view.grid.selected()) == 2
    press(Key.Key_X)
    qtbot.waitUntil(view.out_menu.isVisible, timeout=5000)
    view.out_menu.actions()[0].trigger()
    view.out_menu.close()
    settle()
    out = {one.frame_id for one in window.current.project.read(picks_table.all) if one.taken_out}
    assert len(out) == 2
    for name in out:
        view.grid.setCurrentIndex(view.grid.tiles.index(view.grid.tiles.row_of(name)))
        press(Key.Key_P)
        settle()
    assert not any(one.taken_out for one in window.current.project.read(picks_table.all))


def test_a_border_dragged_on_the_timeline_is_an_act(view, window, settle):
    frame = window.current.project.read(lines)[60].frame
    window.current.act(lambda project: cut_clip(project, frame.frame_id))
    settle()
    first, second = window.current.project.read(clips_table.all)
    view.timeline.moved.emit(second.clip_id, first.clip_id, 10.0)
    settle()
    assert window.current.project.read(clips_table.all)[1].start_s == pytest.approx(10.0, abs=0.5)
    window.context.actions.get("undo").trigger()
    settle()
    assert window.current.project.read(clips_table.all) == (first, second)
