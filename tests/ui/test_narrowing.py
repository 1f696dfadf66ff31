import pytest
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QWidget

from fieldcheck.ui.narrowing import application, content, given, laid


def test_what_is_there_is_handed_on_and_what_is_not_is_refused() -> None:
    assert given(0) == 0
    with pytest.raises(LookupError):
        given(None)


def test_the_row_inside_a_widget_is_its_own_layout(qapp: QApplication) -> None:
    widget = QWidget()
    line = QHBoxLayout(widget)
    assert content(widget) is line
    assert laid(widget) is line


def test_a_widget_without_a_row_says_which_one_it_is(qapp: QApplication) -> None:
    bare, table = QWidget(objectName="bare"), QWidget()
    QGridLayout(table)
    with pytest.raises(LookupError, match="bare holds no row and no column"):
        content(bare)
    with pytest.raises(LookupError, match="QWidget holds no row"):
        content(table)
    with pytest.raises(LookupError):
        laid(bare)


def test_the_application_is_the_one_that_was_made(qapp: QApplication) -> None:
    assert application() is qapp
