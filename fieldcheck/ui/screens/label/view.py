"""The Label screen as it looks: the frame with its strip, and the panel with classes, progress and the other answers.

Nothing that is said moves or scales the frame: messages have a line of their own under it, and where the panel has more than fits, its
classes scroll between progress and the answers that every frame may need.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QCheckBox,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.box import Box
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.label.canvas import Canvas
from fieldcheck.ui.screens.label.class_panel import ClassFinder, ClassPanel
from fieldcheck.ui.screens.label.filmstrip import Filmstrip, FilmstripCell
from fieldcheck.ui.screens.label.result_page import ResultPage, ShownResult
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import marked
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.focus import lead_focus
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.ui.widgets.passing_note import PassingNote
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import card, label, plain_tip, row, rule, scrolled
from fieldcheck.ui.widgets.plain import column as column_of
from fieldcheck.words.language import text

PANEL, PANEL_COMPACT = 320, 364
BLIND_MARK = 48  # pixels at 100 % of its check box and of the bar that may stand beside it
PANEL_SHARE = 0.42  # of the width that the panel may take where text is large
OUTLINE = ((0, 0, 0.74, 0.86), (0, 0.88, 0.74, 0.12), (0.75, 0, 0.25, 1))
LOW = 430  # pixels at 100 % of a screen that has no room for two lines of message, a rule, and all answers below the classes


class LabelView(QWidget):
    """Shows what it is told. `class_pressed` carries a class's place; `finder.chosen` the class that was found by typing."""

    class_pressed = Signal(int)
    way_chosen = Signal(str, str)
    resized = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self._compact = self._many = self._tight = False
        self._state = self._told_early = ""
        self._passing = PassingNote(self)
        self._passing.changed.connect(self._show_said)
        self._keyed: Sequence[tuple[str, str]] = ()
        self.canvas = Canvas(look)
        self.strip = Filmstrip(look)
        self.placeholder = Placeholder(look, OUTLINE)
        self._work = QWidget()
        self._lay_out()
        self.result = ResultPage(look)
        self._pages = Pages(self.placeholder, self._work, self.result)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def show_loading(self, sentence: str) -> None:
        """The frames to label are being read."""
        self.placeholder.show_loading(sentence)
        self._show_placeholder()

    def show_failed(self, sentence: str) -> None:
        """The frames to label could not be read."""
        self.placeholder.show_failed(sentence)
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        lead_focus(self, None)
        self._pages.turn_to(self.placeholder)

    def show_empty(self, said: str, ways: Sequence[tuple[str, str, str]]) -> None:
        """There is nothing to label. `ways`: for each button that brings it the action it does on the screen it leads to, its text, and
        that screen."""
        buttons = []
        for action, words, screen in ways:
            button = KeyButton(self._look, words, primary=True)
            button.clicked.connect(lambda _checked=False, action=action, screen=screen: self.way_chosen.emit(action, screen))
            buttons.append(button)
        self.placeholder.show_empty(said, buttons)
        self._show_placeholder()

    def show_work(self, keyed: Sequence[tuple[str, str]], kind: str, classes: Sequence[str], many: bool) -> None:
        """`keyed`: key and class of every button. `kind`: a frame gets one `class`, `boxes` or `points`. `many`: there are more classes
        than keys, so the list of all of them stays in view; else it comes while one is typed."""
        boxing = kind == "boxes"
        self._keyed, self._many = keyed, many
        self.finder.show_classes(classes)
        self._look_for(self.finder.list.isVisibleTo(self))
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
        self._pages.turn_to(self._work)
        lead_focus(self, self.canvas)

    def show_result(self, found: ShownResult | None) -> None:
        """The result in place of frame and panel; None: back to the frame."""
        if found is not None:
            self.result.show_result(found)
        page, keys = (self.result, self.result) if found is not None else (self._work, self.canvas)
        focus = QApplication.focusWidget()
        held = focus is not None and self.isAncestorOf(focus)
        self._pages.turn_to(page)
        lead_focus(self, keys)
        if held:
            keys.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(self, said: str, left: str, done: int, total: int, result: bool = False) -> None:
        """`said` and `left` stand above the bar, never on it. `result`: there is one to be shown."""
        self.to_result.setVisible(result)
        self._progress.setText(said)
        self._left.setText(left)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)

    def show_note(self, said: str, lasts: bool = False) -> None:
        """For a few seconds in the line under the frame: why a key was not taken. `lasts`: until it ends or another frame comes."""
        self._passing.show(said, lasts)

    def show_state(self, said: str) -> None:
        """The line under the frame as long as it is so: what is finished, what can be said now. A note is over with it."""
        self._state = said
        self._passing.end()
        self._show_said()

    def show_early(self, said: str) -> None:
        """Shows the early verdict; a note or a state stands in its place as long as there is one."""
        self._told_early = said
        self._show_said()

    def show_answer(self, at: int, said: str) -> None:
        """The class the frame has, or that the next box gets: its place among those with a key, −1 for none, and in words."""
        self._classes.mark(at)
        self._current.say(said)

    def show_boxes_list(self, boxes: Sequence[Box], selected: int) -> None:
        """The boxes of the frame by name and size."""
        self._box_list.clear()
        for box in boxes:
            said = f"{box.class_name}   {box.w:.0f} × {box.h:.0f} px"
            QListWidgetItem(said, self._box_list).setToolTip(plain_tip(said))
        self._box_list.setCurrentRow(selected)

    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None:
        """The frames around the one that is shown."""
        self.strip.show_cells(cells, here, described)

    def show_blind(self, blind: bool, told: str) -> None:
        """Whether the model's answer is hidden, and else what it is."""
        self.blind.setChecked(blind)
        self._suggestion.say(told)
        self._suggestion.setVisible(not blind)
        self.take_over.setVisible(not blind)

    def find_class(self) -> None:
        """Puts the cursor where a class is found by typing."""
        self.finder.setVisible(True)
        self.finder.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear_find(self) -> None:
        """Empties the field, and the keys go to the frame again."""
        self.finder.clear()
        self.canvas.setFocus()
        self._look_for(False)

    def set_compact(self, compact: bool) -> None:
        """In narrow windows: two columns of classes."""
        if compact != self._compact:
            self._compact = compact
            self._fit()
            self._fill_classes()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.resized.emit()

    def _fit(self) -> None:
        """Shares the room out. It follows from the size of the window and of the text alone, never from what is said."""
        px = self._look.metrics.px
        low = self.height() < px(LOW) or self._compact
        self._panel.setFixedWidth(min(px(PANEL_COMPACT if self._compact else PANEL), round(PANEL_SHARE * self.width())))
        self.strip.set_low(low)
        self._note.set_lines(1 if low else 2)
        self._suggestion.set_lines(1 if low else 2)
        self._rule.setVisible(not low)
        inner = self._panel.width() - px(2 * 12 + BLIND_MARK)
        self.blind.setText(self.blind.fontMetrics().elidedText(self._blind_said, Qt.TextElideMode.ElideRight, inner))
        tight = self.height() < px(LOW)
        if tight != self._tight:
            self._tight = tight
            (content(self._all) if tight else self._foot).addWidget(self.blind)
            self._look_for(self.finder.list.isVisibleTo(self))

    def _look_for(self, on: bool) -> None:
        """The list of all classes stands in place of the buttons while one is looked for."""
        self.finder.list.setVisible(on)
        self._scroll.setVisible(not on)
        self.finder.setVisible(on or (self._many and not self._tight))

    def _lay_out(self) -> None:
        look = self._look
        self._note = FixedLines(2, "caption")
        left = QVBoxLayout()
        left.setSpacing(look.metrics.px(4))
        left.addWidget(self.canvas, 1)
        left.addWidget(self._note)
        left.addWidget(self.strip)
        self._panel = card(look)
        self._fill_panel(content(self._panel))
        row(look, (left, 1), self._panel, gap=12, on=self._work)

    def _fill_panel(self, column: QBoxLayout) -> None:
        look = self._look
        self._progress, self._left = FixedLines(bold=True), label(tone="quiet", size="caption")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(text("Labelled frames"))
        self._current = FixedLines(bold=True)
        self._current.left_out = Qt.TextElideMode.ElideMiddle  # long names of classes differ at their ends
        self._classes = ClassPanel(look)
        self._classes.pressed.connect(self.class_pressed)
        self.finder = ClassFinder(look)
        self.finder.opened.connect(lambda: self._look_for(True))
        self.finder.closed.connect(lambda: self._look_for(False))
        self._box_head = label(text("Boxes in this frame"), tone="quiet", size="caption")
        self._box_list = QListWidget()
        self._box_list.setAccessibleName(text("Boxes in this frame"))
        self._box_list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box_list.setProperty("elides", True)
        self._box_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._box_list.setMinimumHeight(look.metrics.px(72))
        self._box_list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._make_buttons()
        column.addLayout(row(look, (self._progress, 1), self._left))
        column.addWidget(self._bar)
        column.addWidget(self.to_result)
        column.addWidget(self._current)
        column.addWidget(self.finder)
        column.addWidget(self.finder.list, 1)
        column.addWidget(self._scrolling(), 1)
        column.addWidget(self.accept)
        column.addLayout(row(look, (self.unsure, 1), (self.skip, 1), gap=4))
        self._rule = rule()
        column.addWidget(self._rule)
        self._foot = column_of(look, self.blind, gap=0)
        column.addLayout(self._foot)
        column.addWidget(self._suggestion)
        self._look_for(False)

    def _scrolling(self) -> QScrollArea:
        """Classes, boxes and the answers that only some frames need: the one part that scrolls where there is less room."""
        look = self._look
        self._all = QWidget()
        inside = column_of(look, self._classes, self._box_head, (self._box_list, 1), gap=6, on=self._all)
        for pair in ((self.nothing, self.copy), (self.same, self.burst)):
            flow = Flow(look.metrics.px(4), fills=True)
            for button in pair:
                flow.addWidget(button)
            inside.addLayout(flow)
        inside.addWidget(self.take_over)
        inside.addStretch()
        self._scroll = scrolled(self._all)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(look.metrics.px(38))
        return self._scroll

    def _show_said(self) -> None:
        """The note, else the state, else the early verdict, else the hint."""
        said = self._passing.text or self._state or self._told_early
        self._note.say(said or text("Z magnify · ← → browse · ? shortcuts"), "" if said else "quiet")

    def _make_buttons(self) -> None:
        def button(said: str, action: str, key: str = "") -> KeyButton:
            return KeyButton(self._look, said, key or self._actions.key(action), shrinks=True).triggers(self._actions.get(action))

        self.to_result = button(text("Show result"), "label.result")
        self.to_result.setVisible(False)
        self.unsure = button(text("Unsure"), "label.unsure")
        self.skip = button(text("Skip"), "label.skip")
        self.same = button(text("Repeat last"), "label.same")
        self.burst = button(text("Rest of burst"), "label.burst")
        self.take_over = button(text("Accept"), "label.suggested")
        self._blind_said = text("Blind (prediction hidden)")
        self.blind = marked(self._look, QCheckBox(self._blind_said))
        self.blind.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.blind.setToolTip(plain_tip(self._actions.get("label.blind").text()))
        self.blind.setAccessibleName(text("{name}, key {key}").format(name=self._blind_said, key=self._actions.key("label.blind")))
        self.blind.clicked.connect(self._actions.get("label.blind").trigger)
        self._suggestion = FixedLines(2, bold=True)
        self._show_said()
        self.accept = button(text("Accept and next"), "label.accept")
        self.nothing = button(text("Empty frame"), "label.class_10", "0")
        self.copy = button(text("Copy previous boxes"), "label.copy_previous")

    def _fill_classes(self) -> None:
        self._classes.show_classes(self._keyed, self._compact)
