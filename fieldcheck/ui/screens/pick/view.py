"""View of the Pick screen: sampling settings, picked frames, the selected frame, and the footage
clip by clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QLayout,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.label import DESIGNS, Design
from fieldcheck.i18n.language import tr
from fieldcheck.labels.formats.registry import list_label_patterns
from fieldcheck.safe_text import shorten_middle
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.pick.state import USUAL, EnlargedFrame, TimelineClip
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import CAPTION, LARGE, Theme
from fieldcheck.ui.widgets.buttons import ClickedRadioButton, KeyButton
from fieldcheck.ui.widgets.combo_box import ComboBox, apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_file, choose_folder
from fieldcheck.ui.widgets.images_and_zoom import ImageView, ZoomView
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    set_focus_target,
)
from fieldcheck.ui.widgets.pages import BodyStates, Placeholder
from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid, Tile

# The footage clip by clip, with a tick for every pick: how evenly they lie, and where one clip ends
# and the next begins.

LEAST, GAP, BAND, LINE = 14, 4, 18, 17
LEAST_MODEL_WIDTH, MODEL_WIDTH = 124, 180  # a longer name is cut; its tip has all of it
REACH, STILL = 6, 3  # pixels around a border that hold it, and by which it must have been moved


class PicksTimeline(QWidget):
    """`chosen` carries the pick that was clicked, the nearest one; `moved(clip, inside, seconds)`
    says that a clip shall begin so long after the beginning of `inside`, which is itself or the one
    before: the border before it was dragged there."""

    chosen = Signal(str)
    moved = Signal(str, str, float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._stretches: Sequence[TimelineClip] = ()
        self._lines = 1
        self._here = ""
        # the clip whose beginning is held, and where it is held over
        self._border, self._dragged, self._movable = 0, -1, False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._update_height()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(200), self.height())

    def show_clips(self, stretches: Sequence[TimelineClip], described: str) -> None:
        """`described` says the same in words."""
        self._stretches = stretches
        self.setAccessibleName(described)
        self.setToolTip(make_plain_tip(described))
        self._update_height()
        self.update()

    def _update_height(self) -> None:
        """Captions stand on two lines in turn where one is wider than its clip, so that each has
        the room of two."""
        metrics = QFontMetrics(self._make_caption_font())
        narrow = [
            metrics.horizontalAdvance(stretch.caption) > rect.width()
            for rect, stretch in zip(self.list_clip_rects(), self._stretches, strict=True)
        ]
        self._lines = 2 if any(narrow) else 1
        legend = LINE + 4 if self._stretches else 0
        self.setFixedHeight(self._theme.metrics.scale_px(BAND + 4 + LINE * self._lines + legend))

    def _make_caption_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(self._theme.metrics.scale_px(CAPTION))
        return font

    def list_caption_rects(self) -> list[QRect]:
        """Where the caption of each clip is written: up to the next one on its line."""
        px, places = self._theme.metrics.scale_px, self.list_clip_rects()
        ends = [rect.left() - px(GAP) for rect in places[self._lines :]] + [self.width()] * min(
            self._lines, len(places)
        )
        return [
            QRect(
                rect.left(),
                px(LINE) * (index % self._lines),
                max(rect.width(), end - rect.left()),
                px(LINE),
            )
            for index, (rect, end) in enumerate(zip(places, ends, strict=True))
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_height()

    def show_current_frame(self, frame_id: str) -> None:
        """The pick that is looked at."""
        self._here = frame_id
        self.update()

    def list_clip_rects(self) -> list[QRect]:
        """Where each clip lies: as long as its footage, but never too short to be seen."""
        n, px = len(self._stretches), self._theme.metrics.scale_px
        if not n:
            return []
        gap, least = px(GAP), px(LEAST)
        number = max(0, self.width() - gap * (n - 1) - least * n)
        total = sum(stretch.seconds for stretch in self._stretches) or 1.0
        rects, left = [], 0.0
        for stretch in self._stretches:
            width = least + number * stretch.seconds / total
            rects.append(
                QRect(round(left), px(LINE * self._lines + 2), max(2, round(width)), px(BAND))
            )
            left += width + gap
        return rects

    def set_movable(self, can: bool) -> None:
        """Whether borders can be dragged now."""
        self._movable = can

    def find_border_at(self, x: int) -> int:
        """The number of the clip whose movable beginning lies here, 0 for none: the first one's
        never is."""
        if not self._movable:
            return 0
        places, reach = self.list_clip_rects(), self._theme.metrics.scale_px(REACH)
        near = [
            (abs(places[index].left() - x), index)
            for index, stretch in enumerate(self._stretches)
            if index and stretch.joins
        ]
        away, index = min(near, default=(reach, 0))
        return index if away < reach else 0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = round(event.position().x())
        if self._border:
            places = self.list_clip_rects()
            self._dragged = min(
                max(x, places[self._border - 1].left()), places[self._border].right()
            )
            self.update()
        else:
            self.setCursor(
                Qt.CursorShape.SplitHCursor
                if self.find_border_at(x)
                else Qt.CursorShape.ArrowCursor
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        border, x, self._border, self._dragged = self._border, self._dragged, 0, -1
        self.update()
        if (
            not border
            or x < 0
            or abs(x - self.list_clip_rects()[border].left()) < self._theme.metrics.scale_px(STILL)
        ):
            return
        within = border if x >= self.list_clip_rects()[border].left() else border - 1
        rect, timeline_clip = self.list_clip_rects()[within], self._stretches[within]
        share = (x - rect.left()) / max(1, rect.width())
        self.moved.emit(
            self._stretches[border].clip_id,
            timeline_clip.clip_id,
            min(1.0, share) * timeline_clip.seconds,
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._border = self.find_border_at(round(event.position().x()))
        if self._border:
            return
        away = [
            (abs(self._get_tick_x(rect, stretch, seconds) - event.position().x()), name)
            for rect, stretch in zip(self.list_clip_rects(), self._stretches, strict=True)
            for name, seconds, _ in stretch.ticks
        ]
        if away:
            self.chosen.emit(min(away)[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        font = self._make_caption_font()
        painter.setFont(font)
        for rect, words, stretch in zip(
            self.list_clip_rects(), self.list_caption_rects(), self._stretches, strict=True
        ):
            painter.fillRect(rect, QColor(tokens.pressed))
            for name, seconds, out in stretch.ticks:
                x = self._get_tick_x(rect, stretch, seconds)
                wide = px(4) if name == self._here else px(2)
                colour = (
                    tokens.text if name == self._here else tokens.disabled if out else tokens.accent
                )
                painter.fillRect(
                    QRect(x - wide // 2, rect.top() + 2, wide, rect.height() - 4), QColor(colour)
                )
            painter.setPen(QColor(tokens.text))
            text = QFontMetrics(font).elidedText(
                stretch.caption, Qt.TextElideMode.ElideRight, words.width()
            )
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        self._paint_legend(painter)
        if self._dragged >= 0:
            painter.fillRect(
                QRect(self._dragged - px(1), px(LINE * self._lines), px(3), px(BAND + 4)),
                QColor(tokens.accent),
            )
        painter.end()

    def list_legend(self) -> list[tuple[str, str]]:
        """What the marks of the band are: colour and word of each that there is."""
        tokens, ticks = (
            self._theme.tokens,
            [tick for stretch in self._stretches for tick in stretch.ticks],
        )
        marks = [
            (tokens.accent, tr("picked"), any(not out for _, _, out in ticks)),
            (tokens.disabled, tr("excluded"), any(out for _, _, out in ticks)),
            (tokens.text, tr("selected frame"), any(name == self._here for name, _, _ in ticks)),
            (tokens.pressed, tr("clip, with its conditions"), bool(self._stretches)),
        ]
        return [(colour, word) for colour, word, there in marks if there]

    def _paint_legend(self, painter: QPainter) -> None:
        px, tokens = self._theme.metrics.scale_px, self._theme.tokens
        left, top = 0, px(LINE * self._lines + BAND + 8)
        for colour, word in self.list_legend():
            wide = px(14) if colour == tokens.pressed else px(4)
            painter.fillRect(QRect(left, top + px(2), wide, px(LINE - 4)), QColor(colour))
            left += wide + px(6)
            text_width = QFontMetrics(painter.font()).horizontalAdvance(word) + 2
            painter.setPen(QColor(tokens.text2))
            painter.drawText(
                QRect(left, top, text_width, px(LINE)), Qt.AlignmentFlag.AlignVCenter, word
            )
            left += text_width + px(16)

    def _get_tick_x(self, rect: QRect, timeline_clip: TimelineClip, seconds: float) -> int:
        return (
            rect.left()
            + 2
            + round((rect.width() - 5) * min(1.0, seconds / max(timeline_clip.seconds, 0.001)))
        )


MOST_FRAMES = 2000
FACTS = 5
MOST_LETTERS = 54  # of a fact, two lines: with longer names the page would need a scroll bar
FIELD_EDGE = 3  # pixels
LESS = (1, 4)  # camera and state: what a low window has no room for
TILE = QSize(102, 58)
LARGER = ((2100, 1.9), (1500, 1.35))  # tiles on a screen that is at least so wide at 100 %
SIDE, SIDE_COMPACT = 310, 290
CARD_PAD, WAY_GAP = 8, 10  # of the card with the ways of drawing
OUTLINE = (
    *((0.103 * column, 0.2 * line, 0.103, 0.2) for line in range(5) for column in range(7)),
    (0.73, 0, 0.27, 1),
)


class PickView(QWidget, BodyStates):
    """`wanted` and `chosen` as of the grid; `design_chosen` says that another way of drawing was
    chosen, by code."""

    wanted = Signal(object)
    chosen = Signal(str)
    design_chosen = Signal(str)
    model_chosen = Signal(str)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._zoom, self._larger = 0, 1.0
        self._compact = False
        self.how = self._build_design_card()
        self.strip = JobStrip(theme)
        self.placeholder = Placeholder(theme, OUTLINE)
        self.grid = ThumbnailGrid(
            theme, tr("Picked frames by time"), TILE * (theme.metrics.percent / 100)
        )
        self.grid.images_requested.connect(self.wanted)
        self.grid.frame_chosen.connect(self.chosen)
        self.grid.setSelectionMode(ThumbnailGrid.SelectionMode.ExtendedSelection)
        self.timeline = PicksTimeline(theme)
        self.out_menu = QMenu(self)
        self.side = self._build_side_card()
        both = QWidget()
        self.large = ZoomView(theme, tr("Enlarged frame"))
        self.places = QStackedWidget()
        self.places.addWidget(self.grid)
        self.places.addWidget(self.large)
        left = QVBoxLayout()
        left.setSpacing(theme.metrics.scale_px(6))
        left.addWidget(self.places, 1)
        left.addWidget(self.timeline)
        make_row(theme, (left, 1), self.side, gap=12, parent=both)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.placeholder)
        self.stack.addWidget(both)
        make_column(theme, self.how, self.strip, (self.stack, 1), parent=self)

    def show_empty(self, text: str, actions: Sequence[str], can_draw: bool) -> None:
        """No picks: a sentence and the buttons of these actions. The ways of drawing are shown
        where something can be drawn."""
        buttons = [
            KeyButton(
                self._theme,
                self._actions.get_action(action).text(),
                self._actions.get_key_text(action),
                primary=index == 0,
            ).bind_action(self._actions.get_action(action))
            for index, action in enumerate(actions)
        ]
        self.placeholder.show_empty(text, buttons)
        self._show_placeholder()
        self.how.setVisible(can_draw)

    def _show_placeholder(self) -> None:
        set_focus_target(self, None)
        self.stack.setCurrentWidget(self.placeholder)
        self.how.setVisible(False)

    def show_picks(self, tiles: Sequence[Tile]) -> None:
        """The picks in time order."""
        self.how.setVisible(True)
        self.stack.setCurrentIndex(1)
        set_focus_target(self, self.large if self.is_large else self.grid)
        self.grid.show_tiles(tiles)

    def show_list(self, frame_ids: Sequence[str], tile_at: Callable[[int], Tile]) -> None:
        """Every frame that can be drawn from; a tile is made when it comes into view."""
        self.how.setVisible(True)
        self.stack.setCurrentIndex(1)
        set_focus_target(self, self.large if self.is_large else self.grid)
        self.grid.show_rows(frame_ids, tile_at)

    def show_clips(self, stretches: Sequence[TimelineClip], described: str) -> None:
        """The footage clip by clip."""
        self.timeline.show_clips(stretches, described)

    @property
    def is_large(self) -> bool:
        """Whether one frame is shown in the place of all."""
        return self.places.currentWidget() is self.large

    def show_large(self, enabled: bool, pixels: bool = False) -> None:
        """The frame that is looked at in the place of the grid, whole or pixel for pixel; or the
        grid again."""
        self.large.show_pixels(pixels)
        self.places.setCurrentWidget(self.large if enabled else self.grid)
        set_focus_target(self, self.large if enabled else self.grid)
        (self.large if enabled else self.grid).setFocus()

    @property
    def is_pixels(self) -> bool:
        """Whether the large frame is shown pixel for pixel."""
        return self.large.true_pixels

    @property
    def wanted_count(self) -> int:
        """How many frames are asked for."""
        return self.count.value()

    def get_current_frame(self) -> str:
        """The frame that is looked at, empty for none."""
        return self.grid.get_current_subject()

    def select_frame(self, frame_id: str) -> None:
        """Looks at that frame, where it is among those that are shown."""
        row = self.grid.tiles.find_row(frame_id)
        if row >= 0:
            self.grid.setCurrentIndex(self.grid.tiles.index(row))

    def step_frame(self, steps: int) -> None:
        """The frame so many after this one, where there is one."""
        row = self.grid.currentIndex().row() + steps
        if 0 <= row < self.grid.tiles.rowCount():
            self.grid.setCurrentIndex(self.grid.tiles.index(row))

    def show_current_frame(self, frame_id: str) -> None:
        """Where on the timeline the frame lies that is looked at."""
        self.timeline.show_current_frame(frame_id)

    def enable_controls(self, labels_in: bool, moving: bool) -> None:
        """Whether labels can be taken in now, and borders of clips be dragged."""
        self.labels_in.setEnabled(labels_in)
        self.timeline.set_movable(moving)

    def get_selected_frames(self) -> list[str]:
        """The frames that are selected, else the one that is looked at."""
        return self.grid.get_selected_subjects() or [self.grid.get_current_subject()]

    def request_exclusion_reason(
        self, reasons: Sequence[tuple[str, str]], then: Callable[[str], None]
    ) -> None:
        """A little menu of reasons, each with its number; `then(code)` of the one that was
        chosen."""
        self.out_menu.clear()
        for index, (code, text) in enumerate(reasons, 1):
            action = self.out_menu.addAction(f"&{index}  {text}")
            action.triggered.connect(lambda _checked=False, code=code: then(code))
        self.out_menu.setActiveAction(self.out_menu.actions()[0])
        self.out_menu.popup(self.out.mapToGlobal(self.out.rect().bottomLeft()))

    def select_all(self) -> None:
        """Every tile is selected."""
        self.grid.selectAll()

    def resize_tiles(self, steps: int) -> None:
        """Larger or smaller pictures in the grid."""
        self._zoom = min(max(-1, self._zoom + steps), 3)
        self._size_tiles()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tiles use the room of a large screen."""
        super().resizeEvent(event)
        self._place_labels_button()
        px = self._theme.metrics.scale_px
        larger = next((times for width, times in LARGER if self.width() >= px(width)), 1.0)
        if larger != self._larger:
            self._larger = larger
            self._size_tiles()

    def _size_tiles(self) -> None:
        usual = TILE * (self._theme.metrics.percent / 100) * self._larger
        self.grid.set_picture_size(usual * (1 + 0.35 * self._zoom))

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Small pictures that have come."""
        self.grid.show_images(pictures)

    def show_frame_details(self, enlarged_frame: EnlargedFrame) -> None:
        """The words of the frame that is looked at; its picture comes later."""
        self.title.setText(enlarged_frame.title)
        for (name, text), (name_shown, shown) in zip(enlarged_frame.facts, self.facts, strict=True):
            name_shown.setText(name)
            fitting = shorten_middle(text, MOST_LETTERS)
            shown.setText(fitting)
            shown.setToolTip("" if fitting == text else make_plain_tip(text))
            shown.setAccessibleName(f"{name}: {text}")

    def show_frame_image(self, image: QImage | None, description: str) -> None:
        """The picture of the frame that is looked at."""
        self.still.show_image(image, description)
        self.large.show_image(image, description)

    def request_label_file(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a file with labels."""
        kinds = f"{tr('Labels')} ({' '.join(list_label_patterns())});;{tr('All files')} (*)"
        choose_file(self, tr("Import labels from file"), kinds, then)

    def request_label_folder(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a folder with labels."""
        choose_folder(self, tr("Import labels from folder"), then)

    def show_job(self, job: Job | None) -> None:
        """The draw under way, or the last one where it was cancelled."""
        self.strip.show_job(job)

    def show_design(self, design: Design, propose: str, seed: str, note: str) -> None:
        """The way of drawing that is chosen, what its button says, the seed as its tooltip, how it
        was drawn and what a new draw would do."""
        self.note.setText(note)
        self._show_note()
        self.designs[design].setChecked(True)
        self.designs["hard"].setVisible(design == "hard")  # its key and the palette still choose it
        self.propose.set_label(propose)
        self.propose.setToolTip(make_plain_tip(seed))

    def show_clip_notice(self, text: str, act: str) -> None:
        """What too few clips mean, with the button that leads to where more are recorded; none for
        an empty text."""
        self.notice.setText(f"▲ {text}" if text else "")
        self.record.set_label(act or tr("Record clips"))
        self._notice.setVisible(bool(text))
        self._show_note()

    def _show_note(self) -> None:
        """How it was drawn gives way to the notice where there is little room, and where the choice
        of a model takes a line of its own."""
        little = self._compact or not self.against.isHidden()
        crowded = little and not self._notice.isHidden()
        self.note.setVisible(bool(self.note.text()) and not crowded)
        self._place_labels_button()

    def _place_labels_button(self) -> None:
        """Beside the notice or the note where it would begin a second line of the ways of
        drawing."""
        target: QLayout = self._ways
        if self._theme.metrics.percent < LARGE and not self._fits_one_line():
            lines = ((self._notice, self._notice_line), (self.note, self._note_line))
            target = next((line for part, line in lines if not part.isHidden()), target)
        if target.indexOf(self.labels_in) < 0:
            for line in (self._ways, self._notice_line, self._note_line):
                line.removeWidget(self.labels_in)
            target.addWidget(self.labels_in)

    def _fits_one_line(self) -> bool:
        px, ways = self._theme.metrics.scale_px, (*self.designs.values(), self._number)
        shown = [part for part in (*ways, self.labels_in) if not part.isHidden()]
        needed = sum(part.sizeHint().width() for part in shown) + px(WAY_GAP) * (len(shown) - 1)
        return needed <= self.width() - 2 * px(CARD_PAD) - 2

    def set_count(self, count: int) -> None:
        """How many frames are drawn."""
        self.count.setValue(count)

    def set_compact(self, compact: bool) -> None:
        """Narrow windows leave less to the frame that is looked at."""
        self._compact = compact
        self._fit_design_card(get_box_layout(self.how), compact)
        self._show_note()
        self.side.setFixedWidth(self._theme.metrics.scale_px(SIDE_COMPACT if compact else SIDE))
        self.timeline.setVisible(not compact)
        for index in LESS:
            for part in self.facts[index]:
                part.setVisible(not compact)
        for button in (self.in_out, self.listing):  # their keys and the finder still do it
            button.setVisible(not compact)

    def _build_design_card(self) -> QFrame:
        theme = self._theme
        self._ways = flow = FlowLayout(theme.metrics.scale_px(WAY_GAP))
        self.group = QButtonGroup(self)
        self.designs: dict[Design, ClickedRadioButton] = {}
        names = {
            "balanced": tr("Balanced"),
            "even": tr("Even in time"),
            "light": tr("Worst conditions"),
            "hard": tr("Hard only *"),
        }
        for code in DESIGNS:
            radio = apply_mark_style(theme, ClickedRadioButton(names[code]))
            radio.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            radio.clicked.connect(lambda _checked, code=code: self.design_chosen.emit(code))
            radio.setMinimumHeight(theme.metrics.target)
            self.group.addButton(radio)
            self.designs[code] = radio
            flow.addWidget(radio)
        self.against = self._build_model_choice()
        flow.addWidget(self.against)
        self.count = QSpinBox()
        self.count.setRange(1, MOST_FRAMES)
        self.count.setValue(USUAL)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setAccessibleName(tr("Number of frames"))
        self.propose = KeyButton(theme, tr("Pick frames"), self._actions.get_key_text("pick.draw"))
        self.propose.bind_action(self._actions.get_action("pick.draw"))
        self._number = number = QWidget()
        number.setLayout(make_row(theme, make_label(tr("Frames")), self.count, self.propose))
        # the field is higher than it says before the style sheet was applied
        number.setMinimumHeight(theme.metrics.target + 2 * FIELD_EDGE)
        flow.addWidget(number)
        flow.addWidget(self._make_labels_button())
        self.note = make_label(size="caption", tone="quiet", wrap=True)
        inside = QVBoxLayout()
        frame = make_card(theme, inside)
        self._fit_design_card(inside, False)
        inside.addWidget(self._build_clip_notice())
        inside.addLayout(flow)
        self._note_line = make_row(theme, (self.note, 1))
        inside.addLayout(self._note_line)
        return frame

    def _build_model_choice(self) -> ComboBox:
        """The model that the newest one is compared with; hidden where there is none."""
        against = ComboBox(self._theme, tr("Compare against"), [])
        against.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        against.setMinimumWidth(self._theme.metrics.scale_px(LEAST_MODEL_WIDTH))
        against.setMaximumWidth(self._theme.metrics.scale_px(MODEL_WIDTH))
        against.activated.connect(lambda _index: self.model_chosen.emit(against.chosen_code))
        against.hide()
        return against

    def show_models(self, names: Sequence[str], chosen: str, enabled: bool) -> None:
        """The models that a draw can be made against, none of them first; nothing without any."""
        text = tr("Against {model}")
        options = [("", tr("One model")), *((name, text.format(model=name)) for name in names)]
        if [self.against.itemData(k) for k in range(self.against.count())] != [
            code for code, _ in options
        ]:
            self.against.set_options(options)
        self.against.select_code(chosen)
        self.against.setToolTip(make_plain_tip(self.against.currentText()))
        self.against.setEnabled(enabled)
        self.against.setVisible(bool(names))
        self._show_note()

    def _fit_design_card(self, inside: QBoxLayout, compact: bool) -> None:
        px = self._theme.metrics.scale_px
        above = px(1 if compact else 4)
        inside.setContentsMargins(px(CARD_PAD), above, px(CARD_PAD), above)
        inside.setSpacing(px(1 if compact else 4))

    def _build_clip_notice(self) -> QWidget:
        self.notice = make_label(tone="warn", wrap=True)
        action = self._actions.get_action("go.capture")
        self.record = KeyButton(self._theme, "", self._actions.get_key_text("go.capture"))
        self.record.bind_action(action)
        self._notice = QWidget()
        self._notice_line = make_row(
            self._theme, (self.notice, 1), self.record, parent=self._notice
        )
        self._notice.hide()
        return self._notice

    def _make_labels_button(self) -> KeyButton:
        """Labels that exist already come from a file or a folder: one button with both."""
        self.labels_in = KeyButton(self._theme, tr("Import labels…"))
        self.labels_menu = QMenu(self.labels_in)
        for identity in ("pick.label_file", "pick.label_folder"):
            self.labels_menu.addAction(self._actions.get_action(identity))
        self.labels_in.clicked.connect(self._open_labels_menu)
        return self.labels_in

    def _open_labels_menu(self) -> None:
        self.labels_menu.popup(self.labels_in.mapToGlobal(self.labels_in.rect().bottomLeft()))

    def _build_side_card(self) -> QFrame:
        theme = self._theme
        inside = QVBoxLayout()
        frame = make_card(theme, inside)
        frame.setFixedWidth(theme.metrics.scale_px(SIDE))
        self.title = make_label(bold=True, wrap=True)
        self.still = ImageView(theme, tr("Selected frame"))
        self.still.on_panel = True
        self.still.setMaximumHeight(theme.metrics.scale_px(round(0.75 * SIDE)))
        inside.addWidget(self.title)
        inside.addWidget(self.still, 100)
        self.facts = []
        for _ in range(FACTS):
            name, label = make_label(tone="quiet"), make_label(wrap=True)
            name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            name.setMinimumWidth(theme.metrics.scale_px(72))
            line = make_row(theme, name)
            line.addWidget(label, 1)
            inside.addLayout(line)
            self.facts.append((name, label))
        self.in_out, self.out, self.person, self.listing = (
            KeyButton(theme, text, self._actions.get_key_text(key)).bind_action(
                self._actions.get_action(key)
            )
            for text, key in (
                (tr("Include/exclude"), "pick.in_out"),
                (tr("Exclude with reason…"), "pick.out"),
                (tr("Mark person"), "pick.person"),
                (tr("All frames"), "pick.list"),
            )
        )
        inside.addStretch(1)  # in a high window
        for pair in ((self.in_out, self.out), (self.person, self.listing)):
            flow = FlowLayout(theme.metrics.gap, fills=True)
            for button in pair:
                flow.addWidget(button)
            inside.addLayout(flow)
        return frame
