import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.paths import DEMO_PROJECT
from fieldcheck.ui.shell import tour


@pytest.fixture
def toured(window, made, tmp_path, open_in_window, settle):
    """The tour of a project that has the demo's name."""
    open_in_window(shutil.copytree(made["drawn"], tmp_path / DEMO_PROJECT))
    window.show_screen("project")
    settle()
    started = tour.Tour(window)
    started.start()
    settle()
    return started


def banner(window):
    return next((one for one in window.messages.banners if one.key == tour.KEY), None)


@pytest.mark.long
def test_each_screen_of_the_path_has_its_step_and_a_ring(window, toured, settle):
    for number, screen in enumerate(tour.STEPS, 1):
        assert window.current_screen == screen
        assert banner(window).text.startswith(f"Step {number} of 6. ")
        led = screen == "label" or window.header.primary.isVisible()
        assert toured._ring.isVisible() == led
        if number < len(tour.STEPS):
            assert banner(window).button == "Next step"
            banner(window).action()
            settle()
    assert banner(window).button == ""
    window.show_screen("settings")
    assert banner(window).text.startswith("Step 6 of 6. ")


@pytest.mark.long
def test_the_ring_goes_round_what_is_pressed_next(window, toured, settle):
    away = toured._ring.geometry()
    primary = window.header.primary
    assert away.contains(primary.mapTo(window.central, primary.rect().center()))
    window.show_screen("label")
    settle()
    classes = window.get_shown_screen().view.findChild(object, "classes")
    box = toured._ring.geometry()
    assert box.contains(classes.mapTo(window.central, classes.rect().center()))


@pytest.mark.long
def test_whoever_closes_the_banner_leaves_the_tour(window, toured, settle):
    QTest.keyClick(window, Qt.Key.Key_Escape)
    settle()
    assert not toured.active
    assert not toured._ring.isVisible()
    window.show_screen("pick")
    assert banner(window) is None


@pytest.mark.long
def test_the_tour_outlives_another_theme_and_ends_with_the_project(window, toured, settle):
    window.preferences.update(theme="dark")
    settle()
    assert banner(window).text.startswith("Step 1 of 6. ")
    assert toured._ring.isVisible()
    window.close_project()
    settle()
    assert not toured.active


@pytest.mark.long
def test_answers_are_filled_in_for_frames_of_the_demo_alone(window, toured, settle):
    window.show_screen("label")
    settle()
    assert [name for name, _ in banner(window).more_actions] == ["Fill in demo labels"]
    toured.fill_in_answers()
    settle()
    assert window.current.status.n_labelled == 0
    assert any(
        "is not one of" in one.text or "frame" in one.text for one in window.messages.banners
    )


def test_another_project_has_no_tour(window, screen_of, settle):
    screen_of("drawn", "project")
    started = tour.Tour(window)
    started.start()
    assert not started.active
    assert "demo project" in window.messages.history[-1].text
