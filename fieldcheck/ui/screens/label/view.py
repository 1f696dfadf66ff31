"""View of the Label screen: the frame with its filmstrip, and the panel with class buttons,
progress and the other answers. No message moves or scales the frame: messages have a line of their
own under it, and where the panel has more than fits, its classes scroll between progress and the
answers that every frame may need."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.label import Box
from fieldcheck.i18n.language import tr
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.label.canvas import LabelCanvas
from fieldcheck.ui.screens.label.class_panel import BoxList, ClassFinder, ClassGuide, ClassPanel
from fieldcheck.ui.screens.label.filmstrip import Filmstrip, FilmstripCell
from fieldcheck.ui.screens.label.round_result import ResultPage
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import LARGE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import ClickedCheckBox, KeyButton
from fieldcheck.ui.widgets.choice_buttons import PAD, RowButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.layouts import make_column as column_of
from fieldcheck.ui.widgets.layouts import make_label, make_plain_tip, make_rule, set_focus_target
from fieldcheck.ui.widgets.pages import (
    PANEL,
    BodyStates,
    ButtonGrid,
    PageStack,
    Placeholder,
    SidePanel,
    make_fitting_area,
)
from fieldcheck.ui.widgets.result_view import ResultContent
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel, TransientNote, break_lines

PANEL_COMPACT = 344
HEAD = 48  # pixels at 100 %: the line of the progress, as high as the window's header beside it
BLIND_MARK, EYE = 60, 18  # of its check box and the bar that may stand beside it; of its icon
PANEL_SHARE = 0.42  # of the width that the panel may take where text is large
OUTLINE = ((0, 0, 0.75, 1), (0.76, 0, 0.24, 0.06), (0.76, 0.09, 0.24, 0.5), (0.76, 0.62, 0.24, 0.2))
# pixels at 100 % of a screen that has no room for two lines of message, a rule, and all answers
# below the classes
LOW = 430
LOW_IN_GLOVES = 700  # of one whose classes would have the room of one line of them
ROOMY = 560  # of one that has room for an answer a line
FEW_CLASSES, RULE_ROOM = 7, 12  # so many leave room around the rule below them


class Eye(QWidget):
    """An eye that is struck out: what it stands beside is hidden."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        side = theme.metrics.scale_px(EYE)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_icon(painter, "eye-off", self.rect(), self._theme.tokens.text2)
        painter.end()


class LabelView(QWidget, BodyStates):
    """Shows what its presenter passes. `class_pressed` carries a class's index; `finder.chosen` the
    class found by typing."""

    class_pressed = Signal(int)
    way_chosen = Signal(str, str)
    resized = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._compact = self._many = self._tight = self._boxing = False
        self._state = ""
        self._header: QWidget | None = None
        self._passing = TransientNote(self)
        self._passing.changed.connect(self._update_note)
        self._keyed: Sequence[tuple[str, str]] = ()
        self._names: Sequence[str] = ()
        self.canvas = LabelCanvas(theme)
        self.strip = Filmstrip(theme)
        self.placeholder = Placeholder(theme, OUTLINE)
        self._work = QWidget()
        self._build_layout()
        self.guide = ClassGuide(theme, self.canvas, self._work)
        self.result = ResultPage(theme)
        self._pages = PageStack(self.placeholder, self._work, self.result)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addWidget(self._pages)

    def place_header(self, header: QWidget | None) -> None:
        """The window's header stands over the picture alone, where that leaves it enough room, so
        that the panel is as high as the screen; else over everything. None: it is elsewhere."""
        self._header = header
        self._update_header()

    def _update_header(self) -> None:
        if self._header is None:
            return
        beside = (
            self._pages.current_page is self._work
            and not self._compact
            and self._theme.metrics.percent < LARGE
        )
        target = self._left if beside else self._whole
        if target.indexOf(self._header) < 0:
            shown = not self._header.isHidden()
            target.insertWidget(0, self._header)
            self._header.setVisible(shown)

    def _show_page(self, page: QWidget) -> None:
        self._pages.show_page(page)
        self._update_header()

    def _show_placeholder(self) -> None:
        set_focus_target(self, None)
        self._show_page(self.placeholder)

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
        boxing = self._boxing = kind == "boxes"
        self._keyed, self._many, self._names = keyed, many, classes
        self._update_columns()
        self.finder.show_classes(classes)
        self._show_finder(self.finder.list.isVisibleTo(self))
        self._current.setVisible(many)
        self.canvas.set_drawing(kind != "class")
        self.accept.setVisible(boxing)
        self._boxes.setVisible(boxing)
        self._all_classes.set_label(tr("All {n} classes", n=len(classes)))
        self._all_classes.setVisible(many)
        guide = (self.guide_row,) if self._theme.metrics.gloves else ()
        if kind == "class":
            self._more.show_only(self.same, self.burst, *guide)
        else:
            self._more.show_only(self.nothing, *((self.copy,) if boxing else ()), *guide)
        policy = QSizePolicy.Policy.Expanding if boxing else QSizePolicy.Policy.Maximum
        self._scroll.setSizePolicy(QSizePolicy.Policy.Expanding, policy)
        self._update_columns()
        self._fill_classes()
        self._show_page(self._work)
        set_focus_target(self, self.canvas)

    def show_result(self, result_content: ResultContent | None) -> None:
        """The result in place of frame and panel; None: back to the frame."""
        if result_content is not None:
            self.result.show_result(result_content)
        page, keys = (
            (self.result, self.result) if result_content is not None else (self._work, self.canvas)
        )
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._show_page(page)
        set_focus_target(self, keys)
        if had_focus:
            keys.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(self, text: str, remaining: str, n_done: int, total: int) -> None:
        """`text` and `remaining` stand above the bar, never on it."""
        self._progress.setText(text)
        self._left_text.setText(remaining)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(n_done)

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

    def show_answer(self, index: int, text: str) -> None:
        """The class the frame has, or that the next box gets: its place in the model, −1 for none,
        and in words."""
        name = self._names[index] if 0 <= index < len(self._names) else ""
        keyed = [of_key for _, of_key in self._keyed]
        self._classes.mark_class(keyed.index(name) if name in keyed else -1)
        recent = self._boxing and self._many and name in keyed
        self._current.set_text(tr("Last used") if recent else text)

    def show_boxes_list(self, boxes: Sequence[Box], selected: int) -> None:
        """The boxes of the frame by name and size."""
        self._box_list.show_boxes(boxes, selected, self._names)

    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None:
        """The frames around the one that is shown."""
        self.strip.show_cells(cells, here, described)

    def show_blind(self, blind: bool, message: str) -> None:
        """Whether the model's answer is hidden, and else what it is."""
        self.blind.setChecked(blind)
        self._eye.setVisible(blind)
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
            self.result.result.set_compact(compact)
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
        slot = self._low_slot if low else self._more_slot
        if slot.indexOf(self._more) < 0:
            slot.addWidget(self._more)
        QTimer.singleShot(0, self, self._show_whole_note)  # once the note has its width
        self._suggestion.set_lines(1 if low else 2)
        self._rule.setVisible(not low)
        tight = self.height() < px(LOW_IN_GLOVES if self._theme.metrics.gloves else LOW)
        if tight != self._tight:
            self._tight = tight
            (get_box_layout(self._all) if tight else self._foot).addWidget(self._blind_row)
            self._show_finder(self.finder.list.isVisibleTo(self))
        self._fit_blind()
        self._update_columns()
        self._update_header()

    def _fit_blind(self) -> None:
        """As high as its lines. After it went elsewhere: then the style gives it the least height
        of one line."""
        inner = self._panel.width() - self._theme.metrics.scale_px(2 * PAD + BLIND_MARK + EYE + PAD)
        self.blind.setText("\n".join(break_lines(self._blind_said, self.blind.font(), inner)))
        self.blind.setMinimumHeight(self.blind.sizeHint().height())

    def _update_columns(self) -> None:
        """An answer a line where the window is high enough for that."""
        px = self._theme.metrics.scale_px
        beside = self._boxing or self.height() < px(ROOMY) or self._theme.metrics.gloves
        narrow = self._panel.width() < px(PANEL) and self._theme.metrics.percent >= LARGE
        first = (self.nothing, self.copy, self.same, self.burst, self.guide_row)
        for button in (*first, self.unsure, self.skip):
            button.set_icon_visible(not beside)
        self._more.set_columns(2 if beside and not narrow else 1)
        self._answers.set_columns(2 if beside else 1)
        around = px(RULE_ROOM) if not beside and len(self._keyed) <= FEW_CLASSES else 0
        pad = px(PAD)
        self._ruled.setContentsMargins(pad, around, pad, around)

    def _show_finder(self, enabled: bool) -> None:
        """The list of all classes stands in place of the buttons while one is looked for."""
        self.finder.list.setVisible(enabled)
        self._scroll.setVisible(not enabled)
        self.finder.setVisible(enabled or (self._many and not self._tight))

    def _build_layout(self) -> None:
        self._left = QVBoxLayout()
        self._left.setSpacing(0)
        self._left.addWidget(self.canvas, 1)
        self._left.addWidget(self.strip)
        self._panel = SidePanel(self._theme)
        self._fill_panel(get_box_layout(self._panel))
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._left, 1)
        row.addWidget(self._panel)

    def _fill_panel(self, column: QBoxLayout) -> None:
        px = self._theme.metrics.scale_px
        self._make_buttons()
        self._make_texts()
        column.addWidget(self._build_head())
        column.addSpacing(px(PAD))
        column.addLayout(self._inset(self.finder))
        column.addSpacing(px(4))
        column.addWidget(self.finder.list, 1)
        column.addWidget(self._build_scroll_area(), 1)
        column.addWidget(self.accept)
        self._more_slot = QVBoxLayout()
        self._more_slot.addWidget(self._more)
        column.addLayout(self._more_slot)
        column.addSpacing(self._theme.metrics.gap if self._theme.metrics.gloves else 0)
        column.addWidget(self._answers)
        column.addStretch()
        column.addLayout(self._inset(self._note))
        self._foot = column_of(self._theme, self._blind_row, gap=0)
        column.addLayout(self._foot)
        column.addLayout(self._inset(self._suggestion))
        self._show_finder(False)

    def _inset(self, *parts: QWidget) -> QVBoxLayout:
        """What is no row stands as far from the edge as the words of a row."""
        column = QVBoxLayout()
        pad = self._theme.metrics.scale_px(PAD)
        column.setContentsMargins(pad, 0, pad, 0)
        column.setSpacing(self._theme.metrics.scale_px(4))
        for part in parts:
            column.addWidget(part)
        return column

    def _make_texts(self) -> None:
        theme = self._theme
        self._progress = FixedLinesLabel(bold=True)
        self._left_text = make_label(tone="quiet", size="caption")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(tr("Labelled frames"))
        self._note = FixedLinesLabel(3, "caption")
        self._note.left_out = Qt.TextElideMode.ElideRight
        self._whole_note = make_label("", "caption", wrap=True)
        self._update_note()
        self._suggestion = FixedLinesLabel(2, bold=True)
        self._current = FixedLinesLabel(1, "caption", bold=True)
        self._classes = ClassPanel(theme, self._all_classes)
        self._classes.setObjectName("classes")
        self._classes.pressed.connect(self.class_pressed)
        self.finder = ClassFinder(theme, self._actions.get_key_text("label.find"))
        self.finder.opened.connect(lambda: self._show_finder(True))
        self.finder.closed.connect(lambda: self._show_finder(False))
        self._box_list = BoxList(theme)

    def _build_head(self) -> QWidget:
        """How many are labelled and how long the rest takes, over a thin bar."""
        head, px = QWidget(), self._theme.metrics.scale_px
        head.setFixedHeight(px(HEAD) + px(4))
        column = self._inset()
        row = QHBoxLayout()
        row.addWidget(self._progress, 1)
        row.addWidget(self._left_text)
        row.addWidget(self.open_guide)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self._bar)
        head.setLayout(column)
        return head

    def _build_scroll_area(self) -> QScrollArea:
        """Classes, boxes and the answers that only some frames need: the one part that scrolls
        where there is less room."""
        theme, px = self._theme, self._theme.metrics.scale_px
        self._boxes = QWidget()
        boxes = QVBoxLayout(self._boxes)
        boxes.setContentsMargins(0, 0, 0, 0)
        boxes.setSpacing(px(2))
        boxes.addLayout(self._inset(make_rule(), self._make_box_head()))
        boxes.addWidget(self._box_list, 1)
        self._rule = make_rule()
        self._all = QWidget()
        inside = QVBoxLayout(self._all)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(px(4))
        inside.addLayout(self._inset(self._current))
        inside.addWidget(self._classes)
        inside.addWidget(self._boxes, 1)
        self._ruled = self._inset(self._rule)
        inside.addLayout(self._ruled)
        self._low_slot = QVBoxLayout()
        inside.addLayout(self._low_slot)
        inside.addWidget(self.take_over)
        inside.addLayout(self._inset(self._whole_note))
        area = make_fitting_area(self._all)
        area.setMinimumHeight(theme.metrics.scale_px(38))
        self._scroll = area
        return area

    def _make_box_head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(make_label(tr("Boxes in this frame"), "caption", "quiet", bold=True), 1)
        row.addWidget(make_label(tr("px"), "caption", "quiet"))
        return head

    def _update_note(self) -> None:
        """The note, else the state."""
        text = self._passing.text
        self._note.set_text(text or self._state, "" if text else "quiet")
        self._show_whole_note()

    def _show_whole_note(self) -> None:
        """What has no room under the frame, which must not move, stands in the part of the panel
        that scrolls, too."""
        self._whole_note.setText(self._note.text())
        self._whole_note.setVisible(bool(self._note.toolTip()))

    def _make_buttons(self) -> None:
        def make_button(text: str, action: str, icon: str = "", strong: bool = False) -> RowButton:
            key = "0" if action == "label.class_10" else self._actions.get_key_text(action)
            return RowButton(self._theme, text, key, icon, strong).bind_action(
                self._actions.get_action(action)
            )

        self.open_guide = KeyButton(self._theme, "", icon="image", role="link").bind_action(
            self._actions.get_action("label.guide")
        )
        guide = tr(
            "{name}, key {key}",
            name=tr("Class guide"),
            key=self._actions.get_key_text("label.guide"),
        )
        self.open_guide.setAccessibleName(guide)
        self.open_guide.setToolTip(make_plain_tip(guide))
        # the line of the progress is lower than a button for gloves, which has a row of its own
        self.open_guide.setVisible(not self._theme.metrics.gloves)
        self.guide_row = make_button(tr("Class guide"), "label.guide", "image")
        self.unsure = make_button(tr("Unsure"), "label.unsure", "help")
        self.skip = make_button(tr("Skip"), "label.skip", "skip")
        self.same = make_button(tr("Same as previous"), "label.same", "copy")
        self.burst = make_button(tr("Rest of burst"), "label.burst", "burst")
        self.take_over = make_button(tr("Accept"), "label.suggested", "check")
        self.accept = make_button(tr("Save, next frame"), "label.accept", strong=True)
        self.nothing = make_button(tr("Nothing here"), "label.class_10", "ring")
        self.copy = make_button(tr("Copy boxes"), "label.copy_previous", "copy")
        self._all_classes = RowButton(self._theme, "").bind_action(
            self._actions.get_action("label.find")
        )
        self._all_classes.setProperty("tone", "accent")
        self._more = ButtonGrid(
            self._theme, self.nothing, self.copy, self.same, self.burst, self.guide_row
        )
        self._answers = ButtonGrid(self._theme, self.unsure, self.skip)
        self._make_blind()

    def _make_blind(self) -> None:
        self._blind_said = tr("Blind: prediction hidden")
        self.blind = apply_mark_style(self._theme, ClickedCheckBox(self._blind_said))
        self.blind.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.blind.setToolTip(make_plain_tip(self._actions.get_action("label.blind").text()))
        self.blind.setAccessibleName(
            tr(
                "{name}, key {key}",
                name=self._blind_said,
                key=self._actions.get_key_text("label.blind"),
            )
        )
        self.blind.clicked.connect(self._actions.get_action("label.blind").trigger)
        self._eye = Eye(self._theme)
        self._blind_row = QWidget()
        row = QHBoxLayout(self._blind_row)
        pad = self._theme.metrics.scale_px(PAD)
        row.setContentsMargins(pad - 3, 0, pad, 0)
        row.addWidget(self.blind, 1)
        row.addWidget(self._eye)

    def _fill_classes(self) -> None:
        numbers_by_name = {name: index + 1 for index, name in enumerate(self._names)}
        numbers = [
            numbers_by_name.get(name, index + 1) for index, (_, name) in enumerate(self._keyed)
        ]
        self._classes.show_classes(self._keyed, self._compact, numbers)
