"""Acceptance A15: every action stands on the key sheet. That each control has a name and a way
without a mouse is seen where the layout of all screens is: on one walk."""

from PySide6.QtWidgets import QListWidget

from fieldcheck.ui.screens import SCREENS


def test_every_action_of_a_screen_stands_on_its_key_sheet(window):
    missing = []
    for screen in SCREENS:
        window.show_screen(screen)
        wanted = {entry.text for entry, _ in window.context.actions.list_available() if entry.keys}
        window.overlays.show_shortcuts()
        sheet = window.centralWidget().findChildren(QListWidget)
        said = "\n".join(one.item(at).text() for one in sheet for at in range(one.count()))
        window.overlays.close_open()
        missing += [(screen, words) for words in wanted if words not in said]
    assert missing == []
