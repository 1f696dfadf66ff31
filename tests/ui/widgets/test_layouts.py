from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fieldcheck import ui
from fieldcheck.ui.widgets import layouts
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel


class Block(QWidget):
    def sizeHint(self):
        return QSize(100, 30)

    minimumSizeHint = sizeHint


@pytest.fixture
def flow(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    made = layouts.FlowLayout(10, host)
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
    lines = layouts.FlowLayout(10)
    for _ in range(4):
        lines.addWidget(Block())
    whole = QVBoxLayout(inside)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addLayout(lines)
    whole.addWidget(Block())
    page = layouts.make_scroll_area(inside)
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


@pytest.fixture
def screen(qtbot):
    made = QWidget()
    column = QVBoxLayout(made)
    made.stack, made.list, made.field = QStackedWidget(), QListWidget(), QLineEdit()
    made.stack.addWidget(QWidget())
    made.stack.addWidget(made.list)
    column.addWidget(made.field)
    column.addWidget(made.stack)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_the_screen_itself_has_the_focus_while_its_list_is_not_shown(screen):
    layouts.set_focus_target(screen, None)
    screen.setFocus()
    assert QApplication.focusWidget() is screen


def test_the_focus_goes_to_the_list_as_soon_as_it_is_shown_and_comes_back(screen):
    layouts.set_focus_target(screen, None)
    screen.setFocus()
    screen.stack.setCurrentIndex(1)
    layouts.set_focus_target(screen, screen.list)
    assert QApplication.focusWidget() is screen.list
    layouts.set_focus_target(screen, None)
    assert QApplication.focusWidget() is screen
    screen.stack.setCurrentIndex(0)
    assert QApplication.focusWidget() is screen


def test_a_field_that_is_written_into_keeps_the_focus(screen):
    layouts.set_focus_target(screen, None)
    screen.field.setFocus()
    screen.stack.setCurrentIndex(1)
    layouts.set_focus_target(screen, screen.list)
    assert QApplication.focusWidget() is screen.field


def test_tab_comes_to_everything_that_lies_before_the_part_that_has_the_keys(screen):
    screen.stack.setCurrentIndex(1)
    layouts.set_focus_target(screen, screen.list)
    screen.setFocus()
    assert QApplication.focusWidget() is layouts.get_focus_target(screen) is screen.list
    QTest.keyClick(screen.list, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is screen.field
    QTest.keyClick(screen.field, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is screen.list


@pytest.mark.long
def test_another_look_leaves_the_focus_where_it_was(window, label_screen, settle, qtbot):
    """Each part through every change of the look: there, for the next part back, and there
    again."""
    before = asdict(window.preferences.settings)
    there = ({"theme": "dark"}, {"size": 125, "gloves": True}, {"language": "de"})
    back = tuple({name: before[name] for name in change} for change in there)
    parts = (
        lambda: window.get_shown_screen().view.unsure,
        lambda: window.header.primary,
        lambda: window.sidebar.items["label"],
    )
    for part, changes in zip(parts, (there, back, there), strict=True):
        for now in changes:
            part().setFocus()
            window.preferences.update(**now)
            settle()
            qtbot.waitUntil(lambda part=part: part().hasFocus())


def test_a_way_that_is_no_longer_there_leads_nowhere(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    field = QLineEdit(room)
    room.show()
    steps = layouts.find_widget_path(room, field)
    assert layouts.restore_focus(room, steps)
    field.hide()
    assert not layouts.restore_focus(room, steps)
    assert not layouts.restore_focus(room, ())
    assert layouts.find_widget_path(room, field) == ()


COPY, LEFT, NONE = (
    Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
)  # fmt: skip


@pytest.fixture
def area(shown):
    return shown(layouts.DropArea())


def test_files_of_this_computer_are_told_and_addresses_are_not(area, tmp_path):
    told, data = [], QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mp4")), QUrl("http://127.0.0.1/b.mp4")])
    over = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    area.dropped.connect(told.append)
    QApplication.sendEvent(area, over)
    QApplication.sendEvent(area, QDropEvent(QPointF(5, 5), COPY, data, LEFT, NONE))
    assert over.isAccepted()
    assert told == [[tmp_path / "a.mp4"]]


def test_an_address_alone_cannot_be_dropped(area):
    data = QMimeData()
    data.setUrls([QUrl("http://127.0.0.1/b.mp4")])
    over = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    over.ignore()
    QApplication.sendEvent(area, over)
    assert not over.isAccepted()


DEFERRED_DELETE = 52
FREED = ".setParent(None)"
NO_WIDGETS = {"shortcuts.py", "app.py"}  # the table of actions, a translator


def test_a_label_never_reads_its_text_as_markup(qtbot, look):
    shown = layouts.make_label("<b>bold</b>")
    qtbot.addWidget(shown)
    assert shown.textFormat().name == "PlainText"


def test_no_line_ends_between_a_figure_and_its_percent_sign(qtbot, look):
    first, later, lines = layouts.make_label("Feld 54 %"), layouts.make_label(), FixedLinesLabel(2)
    for shown in (first, later, lines):
        qtbot.addWidget(shown)
        shown.setText("Feld 54 %")
        assert shown.text() == "Feld 54\u00a0%"
    lines.resize(QFontMetrics(lines.font()).horizontalAdvance("Feld 54"), 40)
    assert lines.get_shown_lines() == ["Feld", "54\u00a0%"]


def test_a_tone_can_change_while_it_is_shown(qtbot, look):
    shown = layouts.make_label("4 unsure")
    qtbot.addWidget(shown)
    layouts.set_tone(shown, "alarm")
    shown.ensurePolished()
    assert shown.palette().color(shown.foregroundRole()).name().upper() == look.tokens.alarm


def test_a_card_holds_its_content_with_padding(qtbot, look):
    frame = layouts.make_card(look)
    qtbot.addWidget(frame)
    assert isinstance(frame, QFrame)
    assert frame.layout().contentsMargins().left() == 12


def test_rows_and_columns_keep_the_order(qtbot, look):
    for made in (layouts.make_row, layouts.make_column):
        first, second = QLabel("1"), QLabel("2")
        layout = made(look, first, second)
        assert [layout.itemAt(at).widget().text() for at in range(2)] == ["1", "2"]


def test_emptying_a_layout_also_empties_the_layouts_in_it(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    outer = QVBoxLayout(room)
    outer.addLayout(layouts.make_row(look, QPushButton("a"), QPushButton("b")))
    outer.addWidget(layouts.make_rule())
    layouts.clear_layout(outer)
    assert outer.count() == 0
    QApplication.sendPostedEvents(None, DEFERRED_DELETE)
    assert room.findChildren(QPushButton) == []


def test_a_page_that_does_not_fit_is_scrolled(qtbot, look):
    page = QWidget()
    page.setMinimumSize(900, 900)
    area = layouts.make_scroll_area(page)
    qtbot.addWidget(area)
    area.resize(400, 400)
    area.show()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)


def test_what_takes_the_keys_from_beside_a_page_comes_into_view(qtbot, look, shown):
    page, beside, whole = QWidget(), QPushButton("beside"), QWidget()
    first, last = QPushButton("first", page), QPushButton("last", page)
    page.setMinimumSize(300, 2000)
    last.move(0, 1900)
    area = layouts.make_scroll_area(page)
    layouts.make_row(look, beside, (area, 1), parent=whole)
    shown(whole, 500, 300).activateWindow()
    beside.setFocus()
    qtbot.waitUntil(lambda: beside.hasFocus() and area.verticalScrollBar().maximum() > 0)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    QTest.keyClick(beside, Qt.Key.Key_Tab)
    assert first.hasFocus()
    assert first.visibleRegion().boundingRect() == first.rect()
    beside.setFocus()
    area.verticalScrollBar().setValue(10)  # some of it stays in view, so nothing moves
    first.setFocus()
    assert area.verticalScrollBar().value() == 10


def test_what_grows_while_it_is_shown_is_laid_out_in_its_new_height(look, shown):
    class Growing(QWidget):
        def resizeEvent(self, event):
            super().resizeEvent(event)
            if not self.isVisible():
                self.resize(self.width(), 300)

    inside, part = Growing(), QWidget()
    layouts.make_column(look, part, parent=inside)
    _area = shown(layouts.make_scroll_area(inside), 120, 60)
    assert part.height() == inside.height() >= 300


def test_a_name_in_a_label_or_a_tip_turns_nothing_beside_it(shown):
    made = shown(layouts.make_label("حديد 12"))
    assert made.text() == "\u2068حديد\u2069 12"
    made.setText("a\u202eb 3")
    assert made.text() == "a�b 3"
    assert (
        layouts.make_plain_tip("\u202e<b>")
        == "<span style='white-space: pre-wrap'>�&lt;b&gt;</span>"
    )


def test_a_dropped_widget_is_gone_without_ever_being_a_window(shown):
    room = shown(QWidget(), 100, 100)
    column = QVBoxLayout(room)
    one, two = QPushButton("1"), QPushButton("2")
    column.addWidget(one)
    column.addWidget(two)
    layouts.delete_widget(one)  # before Qt has shown it
    layouts.clear_layout(column)
    assert not any(button.isVisible() or button.isWindow() for button in (one, two))
    QApplication.sendPostedEvents(None, DEFERRED_DELETE)
    assert room.findChildren(QPushButton) == []


def test_no_widget_of_the_window_is_taken_out_of_its_parent():
    room = Path(ui.__file__).parent
    taken = {
        (path.name, line.strip())
        for path in room.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if FREED in line
    }
    assert {name for name, _ in taken} == NO_WIDGETS
