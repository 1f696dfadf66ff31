import pytest

from fieldcheck.ui.screen import SCREENS, Screen, ScreenHeading


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_is_what_the_shell_expects(window, name):
    window.show_screen(name)
    screen = window.get_shown_screen()
    assert isinstance(screen, Screen)
    for what in ("enter", "leave", "refresh", "on_primary_action"):
        assert callable(getattr(screen.presenter, what))
    assert screen.view is screen.focus or screen.view.isAncestorOf(screen.focus)


def test_a_head_is_a_title_and_no_more_unless_more_is_said():
    assert ScreenHeading("Help").hint == ""
    assert (ScreenHeading("Help").primary, ScreenHeading("Help").enabled) == ("", True)
