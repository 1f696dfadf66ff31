from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.pages import Placeholder

DEFERRED_DELETE = 52


def said(made):
    QApplication.sendPostedEvents(None, DEFERRED_DELETE)
    return [one.text() for one in made.findChildren(QLabel)], [
        button.get_label() for button in made.findChildren(KeyButton)
    ]


def test_empty_says_what_is_missing_and_offers_what_brings_it(qtbot, look):
    made = Placeholder(look)
    qtbot.addWidget(made)
    made.show_empty(
        "Nothing to label.", [KeyButton(look, "Pick frames"), KeyButton(look, "Open demo")]
    )
    made.show_empty("No frames yet.", [KeyButton(look, "Import")])
    assert said(made) == (["No frames yet."], ["Import"])
    assert (made.state, made.sentence, made.list_outline_rects()) == ("empty", "No frames yet.", [])


def test_loading_paints_each_block_where_its_share_of_the_room_is(shown, look):
    made = shown(Placeholder(look, [(0, 0, 1, 0.25), (0.5, 0.5, 0.5, 0.5)]), 600, 300)
    made.show_loading("Computing results …")
    painted = made.grab().toImage()
    ratio, filled = painted.devicePixelRatio(), QColor(look.tokens.panel)
    at = {
        (x, y): painted.pixelColor(int(x * ratio), int(y * ratio)) == filled
        for x, y in ((300, 30), (550, 280), (50, 280))
    }
    assert at == {(300, 30): True, (550, 280): True, (50, 280): False}
    assert said(made) == (["Computing results …"], [])
    assert (made.state, made.accessibleName()) == ("loading", "Computing results …")


def test_failed_says_what_happened_and_reads_again(qtbot, look):
    made = Placeholder(look)
    qtbot.addWidget(made)
    made.show_loading("Reading the shifts …")
    made.show_failed("The shifts could not be read.")
    assert said(made) == (["The shifts could not be read."], ["Read again"])
    assert (made.state, made.list_outline_rects(), made.accessibleName()) == ("failed", [], "")
    with qtbot.waitSignal(made.retry_requested):
        made.findChild(KeyButton).click()
