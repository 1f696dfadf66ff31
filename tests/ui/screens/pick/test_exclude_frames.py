import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import recordings as clips_table
from fieldcheck.sampling.proposal import get_required_frames

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def screen(window, open_in_window, settle, drawn, qtbot):
    path = drawn.path
    drawn.close()
    open_in_window(path)
    window.show_screen("pick")
    settle()
    window.focus_screen()
    return window.get_shown_screen()


def picks(window):
    return {one.frame_id: one for one in window.current.project.read(labels_table.list_picks)}


def grid_key(screen, key, modifier=Mod.NoModifier):
    QTest.keyClick(screen.view.grid, key, modifier)


def take_out(window, screen, settle, qtbot, reason=Key.Key_2):
    grid_key(screen, Key.Key_X)
    qtbot.waitUntil(screen.view.out_menu.isVisible)
    QTest.keyClick(screen.view.out_menu, reason)
    settle()


def test_a_frame_goes_out_with_a_reason_and_another_comes_by_keys_alone(
    window, screen, settle, qtbot
):
    name = screen.view.grid.get_current_subject()
    take_out(window, screen, settle, qtbot)
    assert picks(window)[name].taken_out == "camera_fault"
    assert len([one for one in picks(window).values() if not one.taken_out]) == 20
    assert window._headers["pick"].heading.primary == "Label 20 frames"
    screen.presenter.select_in_grid(name)
    grid_key(screen, Key.Key_Space)
    settle()
    assert not picks(window)[name].taken_out
    QTest.keyClick(screen.view.grid, Key.Key_Z, Mod.ControlModifier)
    settle()
    assert picks(window)[name].taken_out == "camera_fault"


def test_a_run_of_frames_is_marked_for_a_person_at_once(window, screen, settle):
    grid_key(screen, Key.Key_Right, Mod.ShiftModifier)
    grid_key(screen, Key.Key_F)
    settle()
    assert (
        sum(mark.person for mark in window.current.project.read(labels_table.list_marks).values())
        == 2
    )
    grid_key(screen, Key.Key_F)
    settle()
    assert window.current.project.read(labels_table.list_marks) == {}


def test_a_clip_is_cut_and_joined_at_the_frame_that_is_looked_at(window, screen, settle):
    for _ in range(5):
        grid_key(screen, Key.Key_Right)
    settle()
    grid_key(screen, Key.Key_K)
    settle()
    assert len(window.current.project.read(clips_table.list_clips)) == 2
    assert len(screen.view.timeline.list_clip_rects()) == 2
    grid_key(screen, Key.Key_J)
    settle()
    assert len(window.current.project.read(clips_table.list_clips)) == 1


def test_in_the_whole_list_frames_are_asked_for_before_the_draw(window, screen, settle):
    grid_key(screen, Key.Key_L)
    settle()
    assert screen.view.grid.tiles.rowCount() == 120
    grid_key(screen, Key.Key_M)
    settle()
    asked = get_required_frames(window.current.project)
    assert len(asked) == 1
    screen.presenter.draw_frames()
    settle()
    assert picks(window)[asked[0]].stratum == "must"
    grid_key(screen, Key.Key_L)
    settle()
    assert screen.view.grid.tiles.rowCount() <= 21


def test_larger_pictures_and_only_what_is_out(window, screen, settle, qtbot):
    columns = screen.view.grid.get_column_count()
    grid_key(screen, Key.Key_Plus)
    assert screen.view.grid.get_column_count() < columns
    grid_key(screen, Key.Key_Minus)
    take_out(window, screen, settle, qtbot, Key.Key_3)
    grid_key(screen, Key.Key_V)
    grid_key(screen, Key.Key_V)
    assert screen.view.grid.tiles.rowCount() == 1
