from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck.ui.widgets.empty_state import EmptyState
from fieldcheck.ui.widgets.key_button import KeyButton


def test_it_says_what_is_missing_and_offers_what_brings_it(qtbot, look):
    state = EmptyState(look)
    qtbot.addWidget(state)
    state.show_state("Nothing to label.", [KeyButton(look, "Pick frames"), KeyButton(look, "Open sample")])
    state.show_state("No frames yet.", [KeyButton(look, "Import")])
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    assert [label.text() for label in state.findChildren(QLabel)] == ["No frames yet."]
    assert [button.said() for button in state.findChildren(KeyButton)] == ["Import"]
