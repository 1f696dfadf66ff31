"""View of the label review: one frame with label and prediction drawn in, three answers, and the
score after review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.qt_types import get_box_layout, get_layout
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import CAPTION, LARGE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.choice_buttons import RowButton
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.images_and_zoom import ImageView
from fieldcheck.ui.widgets.layouts import (
    clear_layout,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_scroll_area,
)
from fieldcheck.ui.widgets.pages import Block, ButtonGrid, PageStack, Placeholder, SidePanel
from fieldcheck.ui.widgets.text_lines import ReservedLinesLabel, TransientNote
from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid, Tile

if TYPE_CHECKING:
    from fieldcheck.labels.label_error_review import ReviewOverlay

TILE = QSize(102, 58)
LIST, LIST_COMPACT, SIDE, SIDE_COMPACT = 290, 212, 300, 294
EDGE, GAP = 16, 12  # pixels at 100 % to the edge of the window, and between two parts
SIDES = ("field", "benchmark")
OUTLINE: tuple[Block, ...] = ((0, 0, 1, 1),)


NEAREST, NEAREST_LINE = 150, 20  # pixels at 100 %: the benchmark image, and the line below it


class NearestView(ImageView):
    """The benchmark image most like the frame, with its name below, on the ground of the frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Most similar benchmark image"))
        self._text = ""
        self.setFixedHeight(theme.metrics.scale_px(NEAREST))
        self.hide()

    def show_nearest(self, image: QImage | None, name: str) -> None:
        """Another image by its file; None: there is none, and no room is kept."""
        self._text = tr("Benchmark, nearest: {name}", name=name) if name else ""
        self.show_image(image, self._text)
        self.setVisible(image is not None)

    def get_image_rect(self) -> QRect:
        """Where the picture is painted: above its line."""
        if self.image.isNull():
            return QRect()
        image_area = self.rect().adjusted(0, 0, 0, -self._theme.metrics.scale_px(NEAREST_LINE))
        area = QRect(
            image_area.topLeft(),
            self.image.size().scaled(image_area.size(), Qt.AspectRatioMode.KeepAspectRatio),
        )
        area.moveCenter(image_area.center())
        return area

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(self._theme.make_font(self.font(), CAPTION))
        painter.setPen(QColor(LABEL))
        height = self._theme.metrics.scale_px(NEAREST_LINE)
        line = QRect(0, self.height() - height, self.width(), height)
        text = painter.fontMetrics().elidedText(
            self._text, Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


DIGITS = 9  # classes that have one
FIRST_DIGIT = Qt.Key.Key_1


class LabelReviewView(QWidget):
    """A list on the left, the frame in the middle, the answers on the right. The frame's ground
    reaches the tabs, the status bar and what stands beside it. `class_chosen` carries the place of
    a class whose digit or row was pressed: the label was wrong, and it is that one."""

    class_chosen = Signal(int)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self.strip = JobStrip(theme)
        self.set_choice = ComboBox(
            theme, tr("Label source"), [("field", tr("Field")), ("benchmark", tr("Benchmark"))]
        )
        self.grid = ThumbnailGrid(
            theme,
            tr("Review queue"),
            TILE * (theme.metrics.percent / 100),
            stacked=True,
            plain=True,
        )
        self.grid.setFrameShape(QFrame.Shape.NoFrame)
        self.still = ImageView(theme, tr("Selected frame"))
        self.placeholder, self._no_image = Placeholder(theme, OUTLINE), QWidget()
        self.pages = PageStack(self.still, self._no_image)
        self.nearest = NearestView(theme)
        self.title = make_label(bold=True, wrap=True)
        self.truth, self.prediction = (
            make_label(size="heading", wrap=True),
            make_label(size="heading", wrap=True),
        )
        self.small = make_label(size="caption", tone="quiet", wrap=True)
        self.before, self.after, self.share, self.repeats = (
            make_label(wrap=True) for _ in range(4)
        )
        self.warning = make_label(size="caption", tone="quiet", wrap=True)
        self.answers = [
            RowButton(theme, text, actions.get_key_text(key), key_first=True).bind_action(
                actions.get_action(key)
            )
            for key, text in (
                ("explore.model_wrong", tr("Model wrong")),
                ("explore.label_wrong", tr("Label wrong")),
                ("explore.cannot_tell", tr("Can't tell")),
            )
        ]
        self.instead = ReservedLinesLabel(2, "caption")
        self.right = ComboBox(theme, tr("Correct class"), [])
        self.right.setProperty("elides", True)
        self.right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._instead, self._n_classes, self._compact = "", 0, False
        self._n_columns = 1 if theme.metrics.percent >= LARGE else 2
        self._rows = QWidget()
        self._class_grid = QGridLayout(self._rows)
        self._class_grid.setContentsMargins(0, 0, 0, 0)
        self._class_grid.setVerticalSpacing(0)
        self._class_grid.setHorizontalSpacing(max(theme.metrics.gap, theme.metrics.scale_px(8)))
        for column in range(self._n_columns):
            self._class_grid.setColumnStretch(column, 1)
        self.grid.installEventFilter(self)
        self._passing = TransientNote(self)
        self._passing.changed.connect(self._update_replacement)
        self.overlays = KeyButton(
            theme, tr("Overlays"), actions.get_key_text("explore.overlays")
        ).bind_action(actions.get_action("explore.overlays"))
        self._arrange()

    def _arrange(self) -> None:
        """The list on the left, the frame with its nearest image, the answers."""
        theme = self._theme
        edge, gap = theme.metrics.scale_px(EDGE), theme.metrics.scale_px(GAP)
        self.left = QWidget()
        left = make_column(theme, self.set_choice, (self.grid, 1), gap=6, parent=self.left)
        left.setContentsMargins(edge, gap, gap, edge)
        self.side = self._build_side_panel()
        around = make_column(theme, (self.placeholder, 1), parent=self._no_image)
        around.setContentsMargins(gap, gap, gap, edge)
        picture = make_column(theme, (self.pages, 1), self.nearest)
        lower = make_row(theme, self.left, (picture, 1), self.side)
        # from edge to edge, and without room while there is no job
        self.strip.setProperty("card", False)
        get_layout(self.strip).setContentsMargins(edge, gap // 2, edge, gap // 2)
        whole = make_column(theme, self.strip, (lower, 1), parent=self)
        for line in (picture, lower, whole):
            line.setSpacing(0)  # a gap of the theme is a pixel at least

    def choose_side(self, set_name: str) -> None:
        """Whose labels are looked at: those of the `field` or of the `benchmark`."""
        self.set_choice.select_code(set_name)

    def enable_answers(self, can: bool) -> None:
        """Enable or disable the decision buttons."""
        for button in self.answers:
            button.setEnabled(can)

    def select_subject(self, subject: str) -> None:
        """Looks at that one, where it is in the list."""
        index = self.grid.tiles.find_row(subject)
        if index >= 0:
            self.grid.setCurrentIndex(self.grid.tiles.index(index))

    def show_rows(self, tiles: Sequence[Tile]) -> None:
        """The list of what is to be looked at."""
        self.grid.show_tiles(tiles)

    def show_images(self, pictures: Mapping[str, QImage]) -> None:
        """Small pictures that have come."""
        self.grid.show_images(pictures)

    def show_loading(self, text: str) -> None:
        """Labels and predictions are being read."""
        self._show_placeholder(keep_words=False)
        self.placeholder.show_loading(text)

    def show_nothing(self, text: str, action: str = "") -> None:
        """Show that there is nothing to review, and why; `action` brings it."""
        self._show_placeholder(keep_words=False)
        buttons = []
        if action:
            bound = self._actions.get_action(action)
            key = self._actions.get_key_text(action)
            buttons = [KeyButton(self._theme, bound.text(), key).bind_action(bound)]
        self.placeholder.show_empty(text, buttons)

    def show_failed(self, text: str) -> None:
        """The picture of the frame cannot be read; the words about it stay."""
        self._show_placeholder(keep_words=True)
        self.placeholder.show_failed(text)

    def _show_placeholder(self, keep_words: bool) -> None:
        if not keep_words:
            self.show_description("", "", "", "")
            self.show_replacement("", (), "")
        self.still.show_image(None, "")
        self.pages.show_page(self._no_image)

    def show_description(self, title: str, truth: str, text: str, small: str) -> None:
        """How far one is; what the label and what the model says of the frame; how sure, and what
        was answered."""
        for shown, words in (
            (self.title, title),
            (self.truth, truth),
            (self.prediction, text),
            (self.small, small),
        ):
            shown.setText(words)

    def show_image(self, image: QImage, text: str) -> None:
        """The frame, with or without marks."""
        self.still.show_image(image, text)
        self.pages.show_page(self.still)

    def show_nearest(self, image: QImage | None, name: str) -> None:
        """The benchmark image most like the frame; None: there is none."""
        self.nearest.show_nearest(None if self._compact else image, name)

    def show_replacement(self, text: str, classes: Sequence[str], chosen: str) -> None:
        """Replacement of a label that was wrong: one of the `classes`, the model's unless another
        is chosen, or what is `text`."""
        self._instead = text
        self._passing.clear_note()
        self._update_replacement()
        # a row with its digit is enough as long as every class has one
        self.right.setVisible(len(classes) > DIGITS)
        self._show_class_rows(classes[:DIGITS])
        if [self.right.itemText(index) for index in range(self.right.count())] != list(classes):
            self.right.clear()
            for name in classes:
                self.right.addItem(name, name)
        self.right.select_code(chosen)

    def get_correct_class(self) -> str:
        """The class that was chosen; empty where none can be."""
        return self.right.chosen_code if self.right.count() else ""

    def choose_correct_class(self, name: str) -> None:
        """This class is put in place of a label that was wrong."""
        self.right.select_code(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the list has the keys a digit is a class, and no part of the screen."""
        if not isinstance(event, QKeyEvent) or event.modifiers() or not self._n_classes:
            return False
        index = event.key() - FIRST_DIGIT
        if not 0 <= index < self._n_classes:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.class_chosen.emit(index)
            return True
        return False

    def _show_class_rows(self, classes: Sequence[str]) -> None:
        """A row with its digit for each class that has one."""
        shown = [button.get_label() for button in self._rows.findChildren(RowButton)]
        self._n_classes = len(classes)
        self._rows.setVisible(bool(classes))
        if shown == list(classes):
            return
        clear_layout(self._class_grid)
        columns = self._n_columns
        for index, name in enumerate(classes):
            row = RowButton(self._theme, name, str(index + 1), key_first=True)
            row.setToolTip(make_plain_tip(name))
            row.setAccessibleName(tr("Label wrong: {name}, key {key}", name=name, key=index + 1))
            row.clicked.connect(partial(self._on_class_clicked, index))
            self._class_grid.addWidget(row, index // columns, index % columns)

    def _on_class_clicked(self, index: int, _checked: bool = False) -> None:
        self.class_chosen.emit(index)

    def show_note(self, text: str) -> None:
        """Why an answer was not taken: for a few seconds in the place of what is put instead of a
        wrong label."""
        self._passing.show_note(text)

    def _update_replacement(self) -> None:
        self.instead.set_text(
            self._passing.text or self._instead, "warn" if self._passing.text else ""
        )

    def show_scores(self, before: str, after: str, share: str, warning: str, repeats: str) -> None:
        """Shows the score after label review, and how far labels can be trusted; what is empty
        takes no room."""
        texts = (before, after, share, warning, repeats)
        for shown, words in zip(
            (self.before, self.after, self.share, self.warning, self.repeats), texts, strict=True
        ):
            shown.setText(words)
            shown.setVisible(bool(words))

    def set_overlay_key_visible(self, shown: bool) -> None:
        """The key that hides boxes is there only where there are any."""
        self.overlays.setVisible(shown)

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        px, self._compact = self._theme.metrics.scale_px, compact
        if compact:
            self.nearest.hide()
        get_box_layout(self.side).setSpacing(px(2 if compact else 6))
        self.left.setFixedWidth(px(LIST_COMPACT if compact else LIST))
        self.side.setFixedWidth(px(SIDE_COMPACT if compact else SIDE))

    def _build_side_panel(self) -> QWidget:
        frame, px = SidePanel(self._theme), self._theme.metrics.scale_px
        inside = get_box_layout(frame)
        inside.setContentsMargins(px(GAP) + 1, px(GAP), px(EDGE), px(EDGE))
        inside.setSpacing(px(6))
        for part in (self.title, self.truth, self.prediction, self.small):
            inside.addWidget(part)
        answers = ButtonGrid(self._theme, *self.answers)
        answers.set_columns(self._n_columns)
        below = (answers, self.instead, self._rows, self.right, self.overlays)
        for widget in below:
            inside.addWidget(widget)
        facts_area = QWidget()
        lines = make_column(
            self._theme, self.before, self.after, self.share, self.warning, self.repeats, gap=4
        )
        lines.addStretch(1)
        facts_area.setLayout(lines)
        area = make_scroll_area(facts_area)
        # one line; Qt asks for more than low windows have
        area.setMinimumHeight(px(24))
        inside.addWidget(area, 1)
        return frame


# Drawing labels and answers into a picture that is reviewed: boxes, points and a mask, each with
# its class.

LABEL, ANSWER, CASING = "#ffffff", "#f2e68c", "#000000"  # over pictures: the same in every theme
TINT = 0.45  # of a mask over the picture
RING = 6  # radius of a point, in line widths


def has_marks(marks: ReviewOverlay) -> bool:
    """Whether there is anything to draw."""
    return bool(marks.boxes or marks.predicted_boxes or marks.points) or marks.mask is not None


def draw_marks(image: QImage, marks: ReviewOverlay) -> QImage:
    """The picture with all of them, each line with a dark casing so that it shows on any ground."""
    drawn = image.convertToFormat(QImage.Format.Format_RGB32)
    thick = max(2.0, drawn.width() / 400)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setPixelSize(max(12, drawn.width() // 50))
    painter.setFont(font)
    if marks.mask is not None:
        painter.setOpacity(TINT)
        painter.drawImage(
            drawn.rect(), _make_tint(marks.mask.tobytes(), *reversed(marks.mask.shape))
        )
        painter.setOpacity(1)
    for boxes, colour, style in (
        (marks.boxes, LABEL, Qt.PenStyle.SolidLine),
        (marks.predicted_boxes, ANSWER, Qt.PenStyle.DashLine),
    ):
        for box in boxes:
            rect = QRectF(box.x, box.y, box.w, box.h)
            for pen in (QPen(QColor(CASING), thick * 2), QPen(QColor(colour), thick, style)):
                painter.setPen(pen)
                painter.drawRect(rect)
            _draw_name(painter, rect, box.class_name, colour, above=style == Qt.PenStyle.SolidLine)
    for point in marks.points:
        ring = QRectF(
            point.x - RING * thick, point.y - RING * thick, 2 * RING * thick, 2 * RING * thick
        )
        for pen in (QPen(QColor(CASING), thick * 2), QPen(QColor(LABEL), thick)):
            painter.setPen(pen)
            painter.drawEllipse(ring)
        _draw_name(painter, ring, point.class_name, LABEL, above=True)
    painter.end()
    return drawn


def _make_tint(alpha: bytes, width: int, height: int) -> QImage:
    """The colour of an answer, where `alpha` is 255."""
    tint = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    tint.fill(QColor(ANSWER))
    painter = QPainter(tint)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, QImage(alpha, width, height, width, QImage.Format.Format_Alpha8))
    painter.end()
    return tint


def _draw_name(painter: QPainter, rect: QRectF, name: str, colour: str, above: bool) -> None:
    position = (
        rect.topLeft() + QPointF(2, -4)
        if above
        else rect.bottomLeft() + QPointF(2, painter.fontMetrics().height())
    )
    for colour_, offset in ((CASING, QPointF(1, 1)), (colour, QPointF(0, 0))):
        painter.setPen(QColor(colour_))
        painter.drawText(position + offset, name)
