from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import make_row


def test_it_is_named_with_its_key(qtbot, look):
    button = KeyButton(look, "Crack", "2")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Crack, 2"
    button.set_label("Burr")
    assert (button.get_label(), button.accessibleName()) == ("Burr", "Burr, 2")


def test_it_does_its_action_and_rests_with_it(qtbot, look):
    done, action = [], QAction("x")
    action.triggered.connect(lambda: done.append(True))
    button = KeyButton(look, "Go").bind_action(action)
    qtbot.addWidget(button)
    button.click()
    action.setEnabled(False)
    assert not button.isEnabled()
    button.click()
    assert done == [True]


def test_a_click_does_not_take_the_focus(qtbot, look):
    button = KeyButton(look, "Go")
    qtbot.addWidget(button)
    button.show()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.hasFocus()
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_it_is_as_wide_as_its_words_and_its_key(qtbot, look):
    plain = KeyButton(look, "Skip")
    keyed = KeyButton(look, "Skip", "X")
    primary = KeyButton(look, "Skip", primary=True)
    for button in (plain, keyed, primary):
        qtbot.addWidget(button)
    assert plain.sizeHint().width() < keyed.sizeHint().width()
    assert (plain.sizeHint().height(), primary.sizeHint().height()) == (38, 44)


def test_text_icon_and_key_are_drawn(qtbot, look):
    button = KeyButton(look, "Skip", "X", icon="undo")
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    image = button.grab().toImage()
    dark = [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y).lightness() < 100 for y in range(6, 32))
    ]
    assert len(dark) > 30


def test_in_a_row_without_room_one_that_shrinks_gives_way_and_the_others_keep_their_width(
    qtbot, look
):
    line = QWidget()
    kept = KeyButton(look, "Import folder…", "F")
    shrunk = KeyButton(look, "Rest of the burst", "B", shrinks=True)
    qtbot.addWidget(line)
    make_row(look, kept, shrunk, parent=line)
    line.resize(line.minimumSizeHint())
    line.show()
    assert kept.width() == kept.sizeHint().width()
    assert shrunk.width() < shrunk.sizeHint().width()
    assert shrunk.toolTip() == "Rest of the burst"
