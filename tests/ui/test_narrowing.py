import pytest
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QWidget

from fieldcheck.ui.qt_types import get_application, get_box_layout, get_layout, require_value


def test_what_is_there_is_handed_on_and_what_is_not_is_refused() -> None:
    assert require_value(0) == 0
    with pytest.raises(LookupError):
        require_value(None)


def test_the_row_inside_a_widget_is_its_own_layout(qapp: QApplication) -> None:
    widget = QWidget()
    line = QHBoxLayout(widget)
    assert get_box_layout(widget) is line
    assert get_layout(widget) is line


def test_a_widget_without_a_row_says_which_one_it_is(qapp: QApplication) -> None:
    bare, table = QWidget(objectName="bare"), QWidget()
    QGridLayout(table)
    with pytest.raises(LookupError, match="bare holds no row and no column"):
        get_box_layout(bare)
    with pytest.raises(LookupError, match="QWidget holds no row"):
        get_box_layout(table)
    with pytest.raises(LookupError):
        get_layout(bare)


def test_the_application_is_the_one_that_was_made(qapp: QApplication) -> None:
    assert get_application() is qapp
