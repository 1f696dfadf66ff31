"""View of the Label screen: the frame with its filmstrip, and the panel with class buttons,
progress and the other answers. No message moves or scales the frame: messages have a line of their
own under it, and where the panel has more than fits, its classes scroll between progress and the
answers that every frame may need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.label import Box
from fieldcheck.i18n.language import tr
from fieldcheck.safe_text import isolate_rtl_names, replace_missing_symbols
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.label.canvas import LabelCanvas
from fieldcheck.ui.screens.label.filmstrip import Filmstrip, FilmstripCell
from fieldcheck.ui.screens.label.round_result import ResultPage
from fieldcheck.ui.screens.label.state import ResultContent
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import CAPTION, CLASS_NAME, LARGE, Theme
from fieldcheck.ui.widgets.buttons import BareButton, KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    SideBySideLayout,
    delete_widget,
    make_card,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
    make_scroll_area,
    set_focus_target,
)
from fieldcheck.ui.widgets.layouts import make_column as column_of
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel, TransientNote, break_lines

# The class buttons: number, name and colour bar; one column up to seven, two beyond.

ONE_COLUMN = 7
BAR = 10
LEAST = 88  # of a class button's width, where large text leaves less room
LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter


class ClassButton(BareButton):
    """`number` is the class's place from 1; `key` what is pressed for it. Every second colour bar
    is hatched."""

    def __init__(
        self,
        theme: Theme,
        number: int,
        key: str,
        name: str,
        height: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._number, self._key, self._height = theme, number, key, height
        text = replace_missing_symbols(
            name,
            lambda sign: QFontMetrics(self._theme.make_font(self.font(), CLASS_NAME)).inFontUcs4(
                ord(sign)
            ),
        )
        self._name = isolate_rtl_names(" ".join(text.split()))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(make_plain_tip(text))
        self.setAccessibleName(tr("Label {name}, key {key}").format(name=name, key=key))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(140), self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(LEAST), self._height)

    def nextCheckState(self) -> None:
        """Do nothing: the presenter decides which class is marked, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        bar = QRect(3, 3, px(BAR), self.height() - 6)
        colour = QColor(tokens.classes[(self._number - 1) % len(tokens.classes)])
        painter.fillRect(bar, colour)
        if self._number % 2 == 0:
            painter.fillRect(bar, QBrush(QColor(tokens.panel), Qt.BrushStyle.BDiagPattern))
        font = self._theme.make_font(self.font(), CLASS_NAME, bold=True)
        painter.setFont(font)
        painter.setPen(
            QColor(tokens.on_selection if self.isChecked() or self.isDown() else tokens.text)
        )
        left = px(BAR) + px(14)
        painter.drawText(
            QRect(left, 0, px(34), self.height()), Qt.AlignmentFlag.AlignVCenter, self._key
        )
        left += max(px(24), QFontMetrics(font).horizontalAdvance(self._key) + px(10))
        rect = QRect(left, 0, self.width() - left - px(8), self.height())
        font, lines = self._fit_name(rect.width())
        painter.setFont(font)
        height = QFontMetrics(font).lineSpacing()
        top = (self.height() - height * len(lines)) // 2
        for index, line in enumerate(lines):
            painter.drawText(QRect(left, top + index * height, rect.width(), height), LINE, line)
        painter.end()

    def _fit_name(self, width: int) -> tuple[QFont, list[str]]:
        """The name in one line, else smaller in two, else with its middle left out: numbers at the
        end tell long names apart."""
        font = self._theme.make_font(self.font(), CLASS_NAME, bold=self.isChecked())
        if QFontMetrics(font).horizontalAdvance(self._name) <= width:
            return font, [self._name]
        small = self._theme.make_font(self.font(), CAPTION, bold=self.isChecked())
        metrics = QFontMetrics(small)
        if 2 * metrics.lineSpacing() > self.height() - 4:
            return font, [
                QFontMetrics(font).elidedText(self._name, Qt.TextElideMode.ElideMiddle, width)
            ]
        index = next(
            (
                index
                for index in range(len(self._name), 0, -1)
                if metrics.horizontalAdvance(self._name[:index]) <= width
            ),
            1,
        )
        space = self._name.rfind(" ", 0, index + 1) + 1
        index = space if space > index // 2 else index
        return small, [
            self._name[:index].rstrip(),
            metrics.elidedText(self._name[index:], Qt.TextElideMode.ElideMiddle, width),
        ]


class ClassPanel(QWidget):
    """All classes that have a key, in order. `pressed(at)`: a button was clicked, by the place of
    its class."""

    pressed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Sequence[tuple[str, str]], bool] = ((), False)
        self.buttons: list[ClassButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.metrics.gap)

    def show_classes(self, keyed: Sequence[tuple[str, str]], compact: bool) -> list[ClassButton]:
        """`keyed` pairs a key with a class name. Returns the buttons; the same classes keep theirs,
        so that an undo moves nothing."""
        asked = (tuple(keyed), compact)
        if asked == self._shown:
            return self.buttons
        self._shown = asked
        for button in self.buttons:
            self._grid.removeWidget(button)
            delete_widget(button)
        height = (
            min(self._theme.metrics.primary, self._theme.metrics.scale_px(40))
            if compact
            else self._theme.metrics.primary
        )
        if self._theme.metrics.gloves:
            height = self._theme.metrics.primary
        beside = compact or self._theme.metrics.gloves or len(keyed) > ONE_COLUMN
        # In large text two columns of a narrow panel leave four letters of a name: the panel
        # scrolls, names are read.
        columns = 2 if beside and not (compact and self._theme.metrics.percent >= LARGE) else 1
        self.buttons = [
            ClassButton(self._theme, index + 1, key, name, height)
            for index, (key, name) in enumerate(keyed)
        ]
        for index, button in enumerate(self.buttons):
            button.clicked.connect(partial(self._on_clicked, index))
            self._grid.addWidget(button, index // columns, index % columns)
        return self.buttons

    def _on_clicked(self, index: int, _checked: bool = False) -> None:
        self.pressed.emit(index)

    def mark_class(self, index: int) -> None:
        """The class that the frame has, or that the next box gets; −1 for none."""
        for position, button in enumerate(self.buttons):
            button.setChecked(position == index)


class ClassFinder(QWidget):
    """`chosen` carries what Enter was pressed on: the class that is marked in the list, else what
    was typed. The list, which is a widget of its own, is there while a class is looked for:
    `opened` and `closed` tell of it."""

    chosen = Signal(str)
    opened = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: Sequence[str] = ()
        self.field = QLineEdit(placeholderText=tr("Type a class, press Enter"))
        self.field.setAccessibleName(tr("Search classes"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._emit_chosen)
        self.field.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setProperty("elides", True)
        self.list.setAccessibleName(tr("Matching classes"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.list.setMinimumHeight(theme.metrics.scale_px(44))
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.text()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)

    def show_classes(self, classes: Sequence[str]) -> None:
        """All classes there are."""
        self._classes = tuple(dict.fromkeys(classes))
        self._on_typed(self.field.text())

    def clear_search(self) -> None:
        """Nothing is typed."""
        self.field.clear()

    def find_matching_classes(self, typed: str) -> list[str]:
        """The classes that begin so, then those that hold it somewhere."""
        sought = typed.strip().lower()
        first = [name for name in self._classes if name.lower().startswith(sought)]
        return first + [
            name for name in self._classes if sought in name.lower() and name not in first
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk through the list while the field keeps the keys."""
        if event.type() == QEvent.Type.FocusIn:
            self.opened.emit()
        elif event.type() == QEvent.Type.FocusOut and not self.field.text():
            self.closed.emit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow(
                    min(max(0, self.list.currentRow() + step), self.list.count() - 1)
                )
                return True
        return False

    def _on_typed(self, typed: str) -> None:
        self.list.clear()
        for name in self.find_matching_classes(typed):
            QListWidgetItem(name, self.list).setToolTip(make_plain_tip(name))
        self.list.setCurrentRow(0 if typed.strip() else -1)

    def _emit_chosen(self) -> None:
        item = self.list.currentItem()
        self.chosen.emit(item.text() if item is not None else self.field.text())


PANEL, PANEL_COMPACT = 320, 364
BLIND_MARK = 48  # pixels at 100 % of its check box and of the bar that may stand beside it
PANEL_SHARE = 0.42  # of the width that the panel may take where text is large
OUTLINE = ((0, 0, 0.74, 0.86), (0, 0.88, 0.74, 0.12), (0.75, 0, 0.25, 1))
# pixels at 100 % of a screen that has no room for two lines of message, a rule, and all answers
# below the classes
LOW = 430


class LabelView(QWidget, BodyStates):
    """Shows what its presenter passes. `class_pressed` carries a class's index; `finder.chosen` the
    class found by typing."""

    class_pressed = Signal(int)
    way_chosen = Signal(str, str)
    resized = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._compact = self._many = self._tight = False
        self._state = self._told_early = ""
        self._passing = TransientNote(self)
        self._passing.changed.connect(self._update_note)
        self._keyed: Sequence[tuple[str, str]] = ()
        self.canvas = LabelCanvas(theme)
        self.strip = Filmstrip(theme)
        self.placeholder = Placeholder(theme, OUTLINE)
        self._work = QWidget()
        self._build_layout()
        self.result = ResultPage(theme)
        self._pages = PageStack(self.placeholder, self._work, self.result)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _show_placeholder(self) -> None:
        set_focus_target(self, None)
        self._pages.show_page(self.placeholder)

    def show_empty(self, text: str, ways: Sequence[tuple[str, str, str]]) -> None:
        """There is nothing to label. `ways`: for each button that brings it the action it does on
        the screen it leads to, its text, and that screen."""
        buttons = []
        for action, words, screen in ways:
            button = KeyButton(self._theme, words, primary=True)
            button.clicked.connect(
                lambda _checked=False, action=action, screen=screen: self.way_chosen.emit(
                    action, screen
                )
            )
            buttons.append(button)
        self.placeholder.show_empty(text, buttons)
        self._show_placeholder()

    def show_work(
        self, keyed: Sequence[tuple[str, str]], kind: str, classes: Sequence[str], many: bool
    ) -> None:
        """`keyed`: key and class of every button. `kind`: a frame gets one `class`, `boxes` or
        `points`. `many`: there are more classes than keys, so the list of all of them stays in
        view; else it comes while one is typed."""
        boxing = kind == "boxes"
        self._keyed, self._many = keyed, many
        self.finder.show_classes(classes)
        self._show_finder(self.finder.list.isVisibleTo(self))
        self._current.setVisible(many or kind != "class")
        self.canvas.set_drawing(kind != "class")
        self.accept.setVisible(boxing)
        self.copy.setVisible(boxing)
        self.nothing.setVisible(kind != "class")
        self._box_head.setVisible(boxing)
        self._box_list.setVisible(boxing)
        for button in (self.same, self.burst):
            button.setVisible(kind == "class")
        self._fill_classes()
        self._pages.show_page(self._work)
        set_focus_target(self, self.canvas)

    def show_result(self, result_content: ResultContent | None) -> None:
        """The result in place of frame and panel; None: back to the frame."""
        if result_content is not None:
            self.result.show_result(result_content)
        page, keys = (
            (self.result, self.result) if result_content is not None else (self._work, self.canvas)
        )
        focus = QApplication.focusWidget()
        held = focus is not None and self.isAncestorOf(focus)
        self._pages.show_page(page)
        set_focus_target(self, keys)
        if held:
            keys.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(
        self, text: str, left: str, done: int, total: int, result: bool = False
    ) -> None:
        """`text` and `left` stand above the bar, never on it. `result`: there is one to be
        shown."""
        self.to_result.setVisible(result)
        self._progress.setText(text)
        self._left.setText(left)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)

    def show_note(self, text: str, lasts: bool = False) -> None:
        """For a few seconds in the line under the frame: why a key was not taken. `lasts`: until it
        ends or another frame comes."""
        self._passing.show_note(text, lasts)

    def show_state(self, text: str) -> None:
        """The line under the frame as long as it is so: what is finished, what can be said now. A
        note is over with it."""
        self._state = text
        self._passing.clear_note()
        self._update_note()

    def show_early_verdict(self, text: str) -> None:
        """Shows the early verdict; a note or a state stands in its place as long as there is
        one."""
        self._told_early = text
        self._update_note()

    def show_answer(self, index: int, text: str) -> None:
        """The class the frame has, or that the next box gets: its place among those with a key, −1
        for none, and in words."""
        self._classes.mark_class(index)
        self._current.set_text(text)

    def show_boxes_list(self, boxes: Sequence[Box], selected: int) -> None:
        """The boxes of the frame by name and size."""
        self._box_list.clear()
        for box in boxes:
            text = f"{box.class_name}   {box.w:.0f} × {box.h:.0f} px"
            QListWidgetItem(text, self._box_list).setToolTip(make_plain_tip(text))
        self._box_list.setCurrentRow(selected)

    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None:
        """The frames around the one that is shown."""
        self.strip.show_cells(cells, here, described)

    def show_blind(self, blind: bool, message: str) -> None:
        """Whether the model's answer is hidden, and else what it is."""
        self.blind.setChecked(blind)
        self._suggestion.set_text(message)
        self._suggestion.setVisible(not blind)
        self.take_over.setVisible(not blind)

    def focus_class_search(self) -> None:
        """Puts the cursor where a class is found by typing."""
        self.finder.setVisible(True)
        self.finder.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear_class_search(self) -> None:
        """Empties the field, and the keys go to the frame again."""
        self.finder.clear_search()
        self.canvas.setFocus()
        self._show_finder(False)

    def set_compact(self, compact: bool) -> None:
        """In narrow windows: two columns of classes."""
        if compact != self._compact:
            self._compact = compact
            self._update_layout()
            self._fill_classes()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_layout()
        self.resized.emit()

    def _update_layout(self) -> None:
        """Distribute the space by window and text size alone, never by content."""
        px = self._theme.metrics.scale_px
        low = self.height() < px(LOW) or self._compact
        self._panel.setFixedWidth(
            min(px(PANEL_COMPACT if self._compact else PANEL), round(PANEL_SHARE * self.width()))
        )
        self.strip.set_low(low)
        self._note.set_lines(1 if low else 2)
        QTimer.singleShot(0, self, self._show_whole_note)  # once the note has its width
        self._suggestion.set_lines(1 if low else 2)
        self._rule.setVisible(not low)
        inner = self._panel.width() - px(2 * 12 + BLIND_MARK)
        self.blind.setText("\n".join(break_lines(self._blind_said, self.blind.font(), inner)))
        tight = self.height() < px(LOW)
        if tight != self._tight:
            self._tight = tight
            (get_box_layout(self._all) if tight else self._foot).addWidget(self.blind)
            self._show_finder(self.finder.list.isVisibleTo(self))

    def _show_finder(self, enabled: bool) -> None:
        """The list of all classes stands in place of the buttons while one is looked for."""
        self.finder.list.setVisible(enabled)
        self._scroll.setVisible(not enabled)
        self.finder.setVisible(enabled or (self._many and not self._tight))

    def _build_layout(self) -> None:
        theme = self._theme
        self._note = FixedLinesLabel(2, "caption")
        self._note.left_out = Qt.TextElideMode.ElideRight
        self._whole_note = make_label("", "caption", wrap=True)
        left = QVBoxLayout()
        left.setSpacing(theme.metrics.scale_px(4))
        left.addWidget(self.canvas, 1)
        left.addWidget(self._note)
        left.addWidget(self.strip)
        self._panel = make_card(theme)
        self._fill_panel(get_box_layout(self._panel))
        make_row(theme, (left, 1), self._panel, gap=12, parent=self._work)

    def _fill_panel(self, column: QBoxLayout) -> None:
        theme = self._theme
        self._progress, self._left = (
            FixedLinesLabel(bold=True),
            make_label(tone="quiet", size="caption"),
        )
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(tr("Labelled frames"))
        self._current = FixedLinesLabel(bold=True)
        self._classes = ClassPanel(theme)
        self._classes.pressed.connect(self.class_pressed)
        self.finder = ClassFinder(theme)
        self.finder.opened.connect(lambda: self._show_finder(True))
        self.finder.closed.connect(lambda: self._show_finder(False))
        self._box_head = make_label(tr("Boxes in this frame"), tone="quiet", size="caption")
        self._box_list = QListWidget()
        self._box_list.setAccessibleName(tr("Boxes in this frame"))
        self._box_list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box_list.setProperty("elides", True)
        self._box_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._box_list.setMinimumHeight(theme.metrics.scale_px(72))
        self._box_list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._make_buttons()
        column.addLayout(make_row(theme, (self._progress, 1), self._left))
        column.addWidget(self._bar)
        column.addWidget(self.to_result)
        column.addWidget(self._current)
        column.addWidget(self.finder)
        column.addWidget(self.finder.list, 1)
        column.addWidget(self._build_scroll_area(), 1)
        column.addWidget(self.accept)
        column.addWidget(SideBySideLayout(theme, (self.unsure, 1), (self.skip, 1), gap=4))
        self._rule = make_rule()
        column.addWidget(self._rule)
        self._foot = column_of(theme, self.blind, gap=0)
        column.addLayout(self._foot)
        column.addWidget(self._suggestion)
        self._show_finder(False)

    def _build_scroll_area(self) -> QScrollArea:
        """Classes, boxes and the answers that only some frames need: the one part that scrolls
        where there is less room."""
        theme = self._theme
        self._all = QWidget()
        inside = column_of(
            theme, self._classes, self._box_head, (self._box_list, 1), gap=6, parent=self._all
        )
        for pair in ((self.nothing, self.copy), (self.same, self.burst)):
            flow = FlowLayout(theme.metrics.scale_px(4), fills=True)
            for button in pair:
                flow.addWidget(button)
            inside.addLayout(flow)
        inside.addWidget(self.take_over)
        inside.addWidget(self._whole_note)
        inside.addStretch()
        self._scroll = make_scroll_area(self._all)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(theme.metrics.scale_px(38))
        return self._scroll

    def _update_note(self) -> None:
        """The note, else the state, else the early verdict, else the hint."""
        text = self._passing.text or self._state or self._told_early
        self._note.set_text(
            text or tr("Z magnify · ← → browse · ? shortcuts"), "" if text else "quiet"
        )
        self._show_whole_note()

    def _show_whole_note(self) -> None:
        """What has no room under the frame, which must not move, stands in the part of the panel
        that scrolls, too."""
        self._whole_note.setText(self._note.text())
        self._whole_note.setVisible(bool(self._note.toolTip()))

    def _make_buttons(self) -> None:
        def make_button(text: str, action: str, key: str = "") -> KeyButton:
            return KeyButton(
                self._theme, text, key or self._actions.get_key_text(action)
            ).bind_action(self._actions.get_action(action))

        self.to_result = make_button(tr("Show result"), "label.result")
        self.to_result.setVisible(False)
        self.unsure = make_button(tr("Unsure"), "label.unsure")
        self.skip = make_button(tr("Skip"), "label.skip")
        self.same = make_button(tr("Repeat last"), "label.same")
        self.burst = make_button(tr("Rest of burst"), "label.burst")
        self.take_over = make_button(tr("Accept"), "label.suggested")
        self._blind_said = tr("Blind (prediction hidden)")
        self.blind = apply_mark_style(self._theme, QCheckBox(self._blind_said))
        self.blind.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.blind.setToolTip(make_plain_tip(self._actions.get_action("label.blind").text()))
        self.blind.setAccessibleName(
            tr("{name}, key {key}").format(
                name=self._blind_said, key=self._actions.get_key_text("label.blind")
            )
        )
        self.blind.clicked.connect(self._actions.get_action("label.blind").trigger)
        self._suggestion = FixedLinesLabel(2, bold=True)
        self._update_note()
        self.accept = make_button(tr("Accept and next"), "label.accept")
        self.nothing = make_button(tr("Empty frame"), "label.class_10", "0")
        self.copy = make_button(tr("Copy previous boxes"), "label.copy_previous")

    def _fill_classes(self) -> None:
        self._classes.show_classes(self._keyed, self._compact)
