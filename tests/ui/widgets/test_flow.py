import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.ui.widgets.layouts import FlowLayout, make_scroll_area


class Block(QWidget):
    def sizeHint(self):
        return QSize(100, 30)

    minimumSizeHint = sizeHint


@pytest.fixture
def flow(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    made = FlowLayout(10, host)
    for _ in range(4):
        made.addWidget(Block())
    host.show()
    qtbot.waitExposed(host)
    return host, made


@pytest.mark.parametrize(("width", "lines"), [(430, 1), (429, 2), (210, 2), (209, 4), (50, 4)])
def test_a_row_goes_on_in_the_next_line(flow, width, lines):
    host, made = flow
    assert made.heightForWidth(width) == lines * 30 + (lines - 1) * 10
    host.resize(width, 400)
    host.layout().activate()
    tops = {made.itemAt(at).geometry().top() for at in range(4)}
    assert len(tops) == lines or host.width() != width


def test_the_height_of_its_lines_is_kept_for_it_on_a_page_that_has_too_little(qtbot):
    inside = QWidget()
    lines = FlowLayout(10)
    for _ in range(4):
        lines.addWidget(Block())
    whole = QVBoxLayout(inside)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addLayout(lines)
    whole.addWidget(Block())
    page = make_scroll_area(inside)
    qtbot.addWidget(page)
    page.resize(224, 60)
    page.show()
    qtbot.waitUntil(lambda: inside.height() >= 2 * 30 + 10 + 30)
    assert lines.geometry().bottom() < inside.findChildren(Block)[-1].geometry().top()
    page.resize(700, 60)
    qtbot.waitUntil(lambda: inside.minimumSizeHint().height() < 2 * 30 + 10 + 30)


def test_a_hidden_widget_takes_no_room(flow):
    _, made = flow
    made.itemAt(0).widget().hide()
    assert made.heightForWidth(320) == 30


def test_it_needs_the_room_of_its_widest_and_can_be_emptied(flow):
    host, made = flow
    host.resize(430, 400)
    made.activate()
    assert made.minimumSize() == made.sizeHint() == QSize(100, 30)
    assert made.hasHeightForWidth()
    assert not made.expandingDirections()
    assert made.itemAt(4) is None
    assert made.takeAt(4) is None
    taken = made.takeAt(0)
    taken.widget().deleteLater()
    assert made.count() == 3


def test_what_a_line_leaves_over_is_given_away_only_when_asked_for(flow):
    host, made = flow
    host.resize(500, 100)
    widths = []
    for fills in (False, True):
        made.set_fill(fills)
        host.layout().activate()
        made.setGeometry(QRect(0, 0, 500, 100))
        widths.append(made.itemAt(0).geometry().width())
    assert widths[0] == 100 < widths[1]
