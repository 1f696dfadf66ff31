"""The Label screen as it looks: the frame with its strip, and the panel with classes, progress and the other answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.box import Box
from fieldcheck.ui.given import content
from fieldcheck.ui.screens.label.canvas import Canvas
from fieldcheck.ui.screens.label.class_panel import ClassFinder, ClassPanel
from fieldcheck.ui.screens.label.filmstrip import Filmstrip, FilmstripCell
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.empty_state import EmptyState
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.focus import lead_focus
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.ui.widgets.plain import card, label, plain_tip, row, rule
from fieldcheck.ui.widgets.plain import column as column_of
from fieldcheck.words.language import text

PANEL, PANEL_COMPACT = 320, 364
ROOM = 50  # pixels of three lines: note, early verdict and hint stand in one place, so that nothing moves when they come and go


class LabelView(QWidget):
    """Shows what it is told. `class_pressed` carries a class's place; `finder.chosen` the class that was found by typing."""

    class_pressed = Signal(int)
    way_chosen = Signal(str, str)
    resized = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self._compact = self._many = False
        self._keyed: Sequence[tuple[str, str]] = ()
        self.canvas = Canvas(look)
        self.strip = Filmstrip(look)
        self.empty = EmptyState(look)
        self._work = QWidget()
        self._lay_out()
        self._pages = Pages(self.empty, self._work)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def show_empty(self, said: str, ways: Sequence[tuple[str, str, str]]) -> None:
        """There is nothing to label. `ways`: for each button that brings it the action it does on the screen it leads to, its text, and
        that screen."""
        lead_focus(self, None)
        buttons = []
        for action, words, screen in ways:
            button = KeyButton(self._look, words, primary=True)
            button.clicked.connect(lambda _checked=False, action=action, screen=screen: self.way_chosen.emit(action, screen))
            buttons.append(button)
        self.empty.show_state(said, buttons)
        self._pages.turn_to(self.empty)

    def show_work(self, keyed: Sequence[tuple[str, str]], kind: str, classes: Sequence[str], many: bool) -> None:
        """`keyed`: key and class of every button. `kind`: a frame gets one `class`, `boxes` or `points`. `many`: there are more classes
        than keys, so the list of all of them stays in view; else it comes while one is typed."""
        boxing = kind == "boxes"
        self._keyed, self._many = keyed, many
        self.finder.show_classes(classes)
        self.finder.setVisible(many)
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

    def show_progress(self, said: str, left: str, done: int, total: int) -> None:
        """`said` and `left` stand above the bar, never on it."""
        self._progress.setText(said)
        self._left.setText(left)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)

    def show_note(self, said: str) -> None:
        """One line under the buttons: why a key was not taken, what is finished."""
        self._note.setText(said)
        self._show_said()

    def show_early(self, said: str) -> None:
        """Shows the early verdict; a note stands in its place as long as there is one."""
        self._early.setText(said)
        self._show_said()

    def show_answer(self, at: int) -> None:
        """The class the frame has, or that the next box gets; −1 for none."""
        self._classes.mark(at)

    def show_boxes_list(self, boxes: Sequence[Box], selected: int) -> None:
        """The boxes of the frame by name and size."""
        self._box_list.clear()
        for box in boxes:
            self._box_list.addItem(f"{box.class_name}   {box.w:.0f} × {box.h:.0f} px")
        self._box_list.setCurrentRow(selected)

    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None:
        """The frames around the one that is shown."""
        self.strip.show_cells(cells, here, described)

    def show_blind(self, blind: bool, told: str) -> None:
        """Whether the model's answer is hidden, and else what it is."""
        self.blind.setChecked(blind)
        self._suggestion.setText(told)
        self._suggestion.setVisible(not blind)
        self.take_over.setVisible(not blind)
        self._show_said()

    def find_class(self) -> None:
        """Puts the cursor where a class is found by typing."""
        self.finder.setVisible(True)
        self.finder.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear_find(self) -> None:
        """Empties the field, and the keys go to the frame again."""
        self.finder.clear()
        self.finder.setVisible(self._many)
        self.canvas.setFocus()

    def set_compact(self, compact: bool) -> None:
        """Two columns of classes and no strip."""
        if compact != self._compact:
            self._compact = compact
            self.strip.setVisible(not compact)
            self._panel.setFixedWidth(self._look.metrics.px(PANEL_COMPACT if compact else PANEL))
            self._show_said()
            self._fill_classes()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def _lay_out(self) -> None:
        look = self._look
        left = QVBoxLayout()
        left.setSpacing(look.metrics.px(8))
        left.addWidget(self.canvas, 1)
        left.addWidget(self.strip)
        self._panel = card(look)
        self._panel.setFixedWidth(look.metrics.px(PANEL))
        self._fill_panel(content(self._panel))
        row(look, (left, 1), self._panel, gap=12, on=self._work)

    def _fill_panel(self, column: QBoxLayout) -> None:
        look, gap = self._look, self._look.metrics.gap
        self._progress, self._left = label(bold=True), label(tone="quiet", size="caption")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(text("Labelled frames"))
        self._classes = ClassPanel(look)
        self.finder = ClassFinder(look)
        self._box_head = label(text("Boxes in this frame"), tone="quiet", size="caption")
        self._box_list = QListWidget()
        self._box_list.setAccessibleName(text("Boxes in this frame"))
        self._box_list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box_list.setMinimumHeight(look.metrics.px(36))
        self._box_list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._note = label(size="caption", wrap=True)
        self._early = label(tone="quiet", size="caption", wrap=True)
        self._make_buttons()
        self._said = QWidget()
        self._said.setLayout(column_of(look, self._note, self._early, self._hint, gap=0))
        content(self._said).insertStretch(0, 1)
        head = QHBoxLayout()
        head.addWidget(self._progress)
        head.addStretch()
        head.addWidget(self._left)
        column.addLayout(head)
        column.addWidget(self._bar)
        column.addWidget(self._classes)
        column.addWidget(self.finder, 1)
        column.addWidget(self._box_head)
        column.addWidget(self._box_list, 1)
        column.addWidget(self.accept)
        for pair in ((self.nothing, self.copy), (self.unsure, self.skip), (self.same, self.burst)):
            line = Flow(gap, fills=True)
            for button in pair:
                line.addWidget(button)
            column.addLayout(line)
        column.addStretch(1)
        column.addWidget(self._said)
        column.addWidget(rule())
        column.addWidget(self.blind)
        column.addWidget(self._suggestion)
        column.addWidget(self.take_over)

    def _show_said(self) -> None:
        """The note, else the early verdict, else the hint. Low windows have no room to spare where the model's answer is shown."""
        blind = self.blind.isChecked()
        said = next((one for one in (self._note, self._early) if one.text()), self._hint if blind else None)
        for one in (self._note, self._early, self._hint):
            one.setVisible(one is said)
        self._said.setMinimumHeight(self._look.metrics.px(ROOM) if blind or not self._compact else 0)

    def _make_buttons(self) -> None:
        def button(said: str, action: str, key: str = "") -> KeyButton:
            return KeyButton(self._look, said, key or self._actions.key(action)).triggers(self._actions.get(action))

        self.unsure = button(text("Unsure"), "label.unsure")
        self.skip = button(text("Skip"), "label.skip")
        self.same = button(text("Same"), "label.same")
        self.burst = button(text("Rest of burst"), "label.burst")
        self.take_over = button(text("Take it over"), "label.suggested")
        self.blind = QCheckBox(text("Blind: answer hidden"))
        self.blind.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.blind.setToolTip(plain_tip(self._actions.get("label.blind").text()))
        self.blind.setAccessibleName(text("{name}, key {key}").format(name=self.blind.text(), key=self._actions.key("label.blind")))
        self.blind.clicked.connect(self._actions.get("label.blind").trigger)
        self._suggestion = label(bold=True, wrap=True)
        self._hint = label(text("Z loupe · ← → browse · ? all keys"), tone="quiet", size="caption", wrap=True)
        self.accept = button(text("Accept, next frame"), "label.accept")
        self.nothing = button(text("Nothing here"), "label.class_10", "0")
        self.copy = button(text("Copy last"), "label.copy_previous")

    def _fill_classes(self) -> None:
        for at, button in enumerate(self._classes.show_classes(self._keyed, self._compact)):
            button.clicked.connect(lambda _checked=False, at=at: self.class_pressed.emit(at))
