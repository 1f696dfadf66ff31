from pathlib import Path

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from fieldcheck import ui
from fieldcheck.ui.widgets.layouts import (
    clear_layout,
    delete_widget,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
    make_scroll_area,
    set_tone,
)
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel

DEFERRED_DELETE = 52
FREED = ".setParent(None)"
NO_WIDGETS = {"shortcuts.py", "app.py"}  # the table of actions, a translator


def test_a_label_never_reads_its_text_as_markup(qtbot, look):
    shown = make_label("<b>bold</b>")
    qtbot.addWidget(shown)
    assert shown.textFormat().name == "PlainText"


def test_no_line_ends_between_a_figure_and_its_percent_sign(qtbot, look):
    first, later, lines = make_label("Feld 54 %"), make_label(), FixedLinesLabel(2)
    for shown in (first, later, lines):
        qtbot.addWidget(shown)
        shown.setText("Feld 54 %")
        assert shown.text() == "Feld 54\u00a0%"
    lines.resize(QFontMetrics(lines.font()).horizontalAdvance("Feld 54"), 40)
    assert lines.get_shown_lines() == ["Feld", "54\u00a0%"]


def test_a_tone_can_change_while_it_is_shown(qtbot, look):
    shown = make_label("4 unsure")
    qtbot.addWidget(shown)
    set_tone(shown, "alarm")
    shown.ensurePolished()
    assert shown.palette().color(shown.foregroundRole()).name().upper() == look.tokens.alarm


def test_a_card_holds_its_content_with_padding(qtbot, look):
    frame = make_card(look)
    qtbot.addWidget(frame)
    assert isinstance(frame, QFrame)
    assert frame.layout().contentsMargins().left() == 12


def test_rows_and_columns_keep_the_order(qtbot, look):
    for made in (make_row, make_column):
        first, second = QLabel("1"), QLabel("2")
        layout = made(look, first, second)
        assert [layout.itemAt(at).widget().text() for at in range(2)] == ["1", "2"]


def test_emptying_a_layout_also_empties_the_layouts_in_it(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    outer = QVBoxLayout(room)
    outer.addLayout(make_row(look, QPushButton("a"), QPushButton("b")))
    outer.addWidget(make_rule())
    clear_layout(outer)
    assert outer.count() == 0
    QApplication.sendPostedEvents(None, DEFERRED_DELETE)
    assert room.findChildren(QPushButton) == []


def test_a_page_that_does_not_fit_is_scrolled(qtbot, look):
    page = QWidget()
    page.setMinimumSize(900, 900)
    area = make_scroll_area(page)
    qtbot.addWidget(area)
    area.resize(400, 400)
    area.show()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)


def test_a_name_in_a_label_or_a_tip_turns_nothing_beside_it(shown):
    made = shown(make_label("حديد 12"))
    assert made.text() == "\u2068حديد\u2069 12"
    made.setText("a\u202eb 3")
    assert made.text() == "a�b 3"
    assert make_plain_tip("\u202e<b>") == "<span style='white-space: pre-wrap'>�&lt;b&gt;</span>"


def test_a_dropped_widget_is_gone_without_ever_being_a_window(shown):
    room = shown(QWidget(), 100, 100)
    column = QVBoxLayout(room)
    one, two = QPushButton("1"), QPushButton("2")
    column.addWidget(one)
    column.addWidget(two)
    delete_widget(one)  # before Qt has shown it
    clear_layout(column)
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
