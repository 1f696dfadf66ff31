import pytest
from PySide6.QtCore import Qt

from fieldcheck import update
from fieldcheck.paths import get_app_paths, load_pointer
from tests.stand_in import Publisher


@pytest.fixture
def publisher(tmp_path):
    return Publisher(tmp_path / "publisher")


@pytest.fixture
def shown(window, settle):
    """The section in the window, with what is installed read."""

    def show():
        window.show_screen("settings")
        settle()
        return window.get_shown_screen().view.update_page

    return show


@pytest.fixture
def installed(publisher, monkeypatch):
    """The window runs from a stand-in of this kind."""

    def install(**changes):
        home = get_app_paths().versions.parent
        installation = publisher.installation(home, **changes)
        monkeypatch.setattr(update, "find_installation", lambda: installation)

    return install


def test_a_checkout_is_updated_with_pip_and_offers_nothing_else(shown):
    page = shown()
    assert "pip" in page.note.text()
    assert [page.choose.isVisibleTo(page), page.back.isVisibleTo(page)] == [False, False]


@pytest.mark.long
def test_an_update_is_chosen_installed_and_taken_back(shown, installed, publisher, settle, qtbot):
    installed()
    page = shown()
    assert page.installed.text() == "Fieldcheck 0.1.0"
    assert not page.back.isVisibleTo(page)
    assert not page.for_me.isVisibleTo(page)
    page.file_chosen.emit(publisher.update("0.2.0"))
    assert not page.choose.isEnabled()
    qtbot.waitUntil(lambda: "0.2.0 is used" in page.installed.text())
    settle()
    assert page.choose.isEnabled()
    assert load_pointer(get_app_paths().versions)["current"] == "0.2.0"
    page.back.click()
    qtbot.waitUntil(lambda: "0.1.0 is used" in page.installed.text())
    assert load_pointer(get_app_paths().versions)["current"] == ""


@pytest.mark.long
def test_a_refused_file_is_said_in_the_window(shown, installed, publisher, settle, window, qtbot):
    installed(version="0.3.0")
    page = shown()
    page.file_chosen.emit(publisher.update("0.2.0"))
    qtbot.waitUntil(page.choose.isEnabled)
    settle()
    assert any("not newer" in banner.text for banner in window.messages.banners)
    assert page.installed.text() == "Fieldcheck 0.3.0"


def test_an_installation_for_all_users_offers_one_for_this_user(shown, installed):
    installed(kind="system")
    page = shown()
    assert page.for_me.isVisibleTo(page)
    assert "package manager" in page.note.text()


@pytest.mark.long
def test_the_card_leads_to_the_help_about_updates_which_names_what_the_card_offers(
    shown, installed, window, press
):
    installed()
    page = shown()
    page.help.click()
    assert window.current_screen == "help"
    reader = window.get_shown_screen().view.page
    assert reader.accessibleName() == "Help: Update from a USB stick"
    words = " ".join(reader.toPlainText().split())
    for name in (page.choose.text(), page.for_me.text()):
        assert f"“{name}”" in words
    press(Qt.Key.Key_Escape)
    assert window.current_screen == "settings"
