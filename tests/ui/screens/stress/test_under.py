import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.screens.stress.under import Under


@pytest.fixture
def under(qtbot, look):
    made = Under(look)
    qtbot.addWidget(made)
    made.told = []
    made.taken_out.connect(made.told.append)
    return made


def test_each_step_stands_in_a_button_that_takes_it_out(under):
    under.show_steps((("dark", 3.0), ("jpeg", 5.0)))
    assert [button.said() for button in under.buttons] == ["Low light, moderate  ✕", "JPEG, severe  ✕"]
    assert under.buttons[1].accessibleName() == "Take out JPEG, severe"
    QTest.mouseClick(under.buttons[1], Qt.MouseButton.LeftButton)
    assert under.told == [1]


def test_it_is_hidden_while_nothing_lies_under(under):
    assert under.isHidden()
    under.show_steps((("dark", 3.0),))
    assert not under.isHidden()
    under.show_steps(())
    assert under.isHidden()


def test_the_same_steps_leave_the_buttons_and_with_them_the_focus(under):
    under.show_steps((("dark", 3.0),))
    before = under.buttons[0]
    under.show_steps((("dark", 3.0),))
    assert under.buttons[0] is before
