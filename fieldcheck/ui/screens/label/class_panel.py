"""Classes of the Label screen's panel: one row each with its colour and key, and all of them by
typing. And the list of the boxes of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.label import Box
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.safe_text import isolate_rtl_names, replace_missing_symbols
from fieldcheck.ui.theme import BODY, CAPTION, LARGE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import BareButton, KeyButton
from fieldcheck.ui.widgets.choice_buttons import (
    PAD,
    get_chip_width,
    paint_bar,
    paint_chip,
    paint_row_ground,
)
from fieldcheck.ui.widgets.layouts import (
    clear_layout,
    delete_widget,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_scroll_area,
)
from fieldcheck.ui.widgets.pages import make_shadow

# One column up to seven classes, two beyond.

ONE_COLUMN = 7
BAR, BAR_MARGIN, BAR_GAP = 6, 8, 12
CLASS_ROW, CLASS_ROW_LOW = 44, 36
LEAST = 88  # of a class button's width, where large text leaves less room
LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter


class ClassButton(BareButton):
    """`number` is the class's place in the model from 1, which gives its colour; `key` what is
    pressed for it. Every second colour bar is hatched."""

    def __init__(self, theme: Theme, number: int, key: str, name: str, height: int) -> None:
        super().__init__()
        self._theme, self._number, self._key, self._height = theme, number, key, height
        text = replace_missing_symbols(
            name,
            lambda sign: QFontMetrics(self._theme.make_font(self.font(), BODY)).inFontUcs4(
                ord(sign)
            ),
        )
        self._name = isolate_rtl_names(" ".join(text.split()))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(make_plain_tip(text))
        self.setAccessibleName(tr("Label {name}, key {key}", name=name, key=key))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(140), self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(LEAST), self._height)

    def nextCheckState(self) -> None:
        """Do nothing: the presenter decides which class is marked, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        paint_row_ground(painter, self._theme, self, filled=False)
        chosen = self.isChecked() and not self.isDown()
        top = px(BAR_MARGIN) if self._height >= px(CLASS_ROW) else px(BAR_MARGIN) - 1
        bar = QRect(px(PAD), top, px(BAR), self.height() - 2 * top)
        paint_bar(
            painter,
            bar,
            tokens.classes[(self._number - 1) % len(tokens.classes)],
            tokens.panel if self._number % 2 == 0 else "",
            tokens.text if chosen else "",
        )
        gap = px(BAR_GAP) if self.width() >= px(200) else px(PAD)
        left = bar.right() + 1 + gap
        paint_chip(painter, self._theme, self, left, self._key)
        left += get_chip_width(self._theme, self, self._key) + gap
        rect = QRect(left, 0, self.width() - left - px(4), self.height())
        font, lines = self._fit_name(rect.width())
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_selection if chosen else tokens.text))
        height = QFontMetrics(font).height()
        top = (self.height() - height * len(lines)) // 2
        for index, line in enumerate(lines):
            painter.drawText(QRect(left, top + index * height, rect.width(), height), LINE, line)
        painter.end()

    def _make_name_font(self, size: int) -> QFont:
        font = self._theme.make_font(self.font(), size)
        font.setWeight(QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Medium)
        return font

    def _fit_name(self, width: int) -> tuple[QFont, list[str]]:
        """The name in one line, else a little smaller, else in two, else with its middle left out:
        numbers at the end tell long names apart."""
        font = self._make_name_font(BODY)
        if QFontMetrics(font).horizontalAdvance(self._name) <= width:
            return font, [self._name]
        small = self._make_name_font(CAPTION)
        metrics = QFontMetrics(small)
        if metrics.horizontalAdvance(self._name) <= width:
            return small, [self._name]
        if 2 * metrics.height() > self.height() - 4:
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
        space = max(self._name.rfind(sign, 0, index + (sign == " ")) + 1 for sign in " _-")
        index = space if space > index // 2 else index
        return small, [
            self._name[:index].rstrip(),
            metrics.elidedText(self._name[index:], Qt.TextElideMode.ElideMiddle, width),
        ]


class ClassPanel(QWidget):
    """All classes that have a key, in order, and behind them what leads to `more`. `pressed(at)`: a
    button was clicked, by the place of its class."""

    pressed = Signal(int)

    def __init__(self, theme: Theme, more: QWidget | None = None) -> None:
        super().__init__()
        self._theme, self._more = theme, more
        if more is not None:
            more.setParent(self)
            more.hide()
        self._shown: tuple[object, ...] = ()
        self.buttons: list[ClassButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(max(theme.metrics.gap, theme.metrics.scale_px(8)))
        self._grid.setVerticalSpacing(max(2, theme.metrics.gap if theme.metrics.gloves else 2))

    def show_classes(
        self, keyed: Sequence[tuple[str, str]], compact: bool, numbers: Sequence[int] = ()
    ) -> list[ClassButton]:
        """`keyed` pairs a key with a class name, `numbers` are the places of those classes in the
        model, from 1. Returns the buttons; the same classes keep theirs, so that an undo moves
        nothing."""
        numbers = tuple(numbers) or tuple(range(1, len(keyed) + 1))
        shown_state = (tuple(keyed), compact, numbers)
        if shown_state == self._shown:
            return self.buttons
        self._shown = shown_state
        for button in self.buttons:
            self._grid.removeWidget(button)
            delete_widget(button)
        metrics = self._theme.metrics
        beside = compact or metrics.gloves or len(keyed) > ONE_COLUMN
        height = metrics.scale_px(CLASS_ROW_LOW if beside else CLASS_ROW)
        if metrics.gloves:
            height = metrics.class_row
        # In large text two columns of a narrow panel leave few letters of a name: the panel
        # scrolls, names are read. Rows for gloves are so high that one column would show one
        # class or two, and hold a name in two lines.
        narrow = compact and metrics.percent >= LARGE and not metrics.gloves
        columns = 2 if beside and not narrow else 1
        self.buttons = [
            ClassButton(self._theme, number, key, name, height)
            for number, (key, name) in zip(numbers, keyed, strict=True)
        ]
        for index, button in enumerate(self.buttons):
            button.clicked.connect(partial(self._on_clicked, index))
            self._grid.addWidget(button, index // columns, index % columns)
        if self._more is not None:
            last = len(self.buttons)
            self._grid.addWidget(self._more, last // columns, last % columns)
        return self.buttons

    def _on_clicked(self, index: int, _checked: bool = False) -> None:
        self.pressed.emit(index)

    def mark_class(self, index: int) -> None:
        """The class that the frame has, or that the next box gets; −1 for none."""
        for position, button in enumerate(self.buttons):
            button.setChecked(position == index)


# The class guide: each class with a few images of the benchmark, over the picture while it is open.

EXAMPLE, GUIDE_HEAD, GUIDE_ROW = QSize(104, 78), 24, 116
MOST_EXAMPLES = 3


class GuideRow(QWidget):
    """A class with its key, above small pictures of it."""

    def __init__(self, theme: Theme, number: int, key: str, name: str) -> None:
        super().__init__()
        self._theme, self._number, self._key = theme, number, key
        self._name = isolate_rtl_names(" ".join(name.split()))
        self._images: list[QImage] = []
        self._read, self._why_none = False, ""
        self.setAccessibleName(name)
        self.setToolTip(make_plain_tip(name))
        self.setFixedHeight(theme.metrics.scale_px(GUIDE_ROW))

    def show_images(self, images: Sequence[QImage], missing: bool) -> None:
        """Its pictures have been read; `missing`: there should be some, and they are gone."""
        self._images, self._read = list(images), True
        self._why_none = tr("Images missing") if missing else tr("Not in the benchmark")
        n = len(self._images)
        self.setAccessibleDescription(
            tr_plural("{n} benchmark image", "{n} benchmark images", n, n=n)
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        head = QRect(0, 0, self.width(), px(GUIDE_HEAD))
        paint_bar(
            painter,
            QRect(0, px(4), px(BAR), head.height() - px(8)),
            tokens.classes[(self._number - 1) % len(tokens.classes)],
            tokens.panel if self._number % 2 == 0 else "",
        )
        left = px(BAR + 8)
        font = self._theme.make_font(self.font(), BODY)
        font.setWeight(QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        if self._key:
            painter.save()
            painter.translate(0, (head.height() - self.height()) // 2)  # into the line of the name
            paint_chip(painter, self._theme, self, left, self._key)
            painter.restore()
            left += get_chip_width(self._theme, self, self._key) + px(8)
        name = QFontMetrics(font).elidedText(
            self._name, Qt.TextElideMode.ElideMiddle, head.width() - left
        )
        painter.drawText(head.adjusted(left, 0, 0, 0), LINE, name)
        width, height = px(EXAMPLE.width()), px(EXAMPLE.height())
        for index in range(MOST_EXAMPLES):
            box = QRect(index * (width + px(8)), head.bottom() + px(3), width, height)
            if index < len(self._images):
                image = self._images[index]
                size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
                painter.fillRect(box, QColor(tokens.canvas))
                inside = QRect(box.topLeft(), size)
                inside.moveCenter(box.center())
                painter.drawImage(inside, image)
            elif not self._read:
                painter.fillRect(box, QColor(tokens.hover))
        if self._read and not self._images:
            painter.setPen(QColor(tokens.text2))
            painter.drawText(self.rect().adjusted(0, head.height(), 0, 0), LINE, self._why_none)
        painter.end()


class ClassGuide(QFrame):
    """Floats over the picture `beside` and follows its size; `closed` by its button."""

    closed = Signal()

    def __init__(self, theme: Theme, beside: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._beside = theme, beside
        self._rows: dict[str, GuideRow] = {}
        self.setProperty("card", True)
        self.setAccessibleName(tr("Class guide"))
        self.setGraphicsEffect(make_shadow(theme, self))
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        area = make_scroll_area(self._inside)
        close = KeyButton(theme, "", icon="close", role="link")
        close.setAccessibleName(tr("Close class guide"))
        close.clicked.connect(self.closed)
        title = make_label(tr("Class guide"), size="heading", bold=True)
        note = make_label(tr("Images of the benchmark"), size="caption", tone="quiet")
        pad = theme.metrics.scale_px(16)
        make_column(
            theme, make_row(theme, (title, 1), close), note, (area, 1), gap=8, parent=self
        ).setContentsMargins(pad, pad // 2, pad // 2, pad // 2)
        beside.installEventFilter(self)
        self.hide()

    def show_classes(self, keyed: Sequence[tuple[str, str]], classes: Sequence[str]) -> None:
        """Rows for all classes, their pictures still to come; `keyed`: those that have a key."""
        keys = {name: key for key, name in keyed}
        clear_layout(self._column)
        self._rows = {
            name: GuideRow(self._theme, number, keys.get(name, ""), name)
            for number, name in enumerate(dict.fromkeys(classes), 1)
        }
        for row in self._rows.values():
            self._column.addWidget(row)
        self._column.addStretch(1)

    def show_images(self, class_name: str, images: Sequence[QImage], missing: bool) -> None:
        """The pictures of a class; `missing`: there should be some, and they are gone."""
        if class_name in self._rows:
            self._rows[class_name].show_images(images, missing)

    def open_guide(self) -> None:
        """Shows it at the right of the picture."""
        self._place_beside()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The picture has another size or place."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._place_beside()
        return False

    def _place_beside(self) -> None:
        px, area = self._theme.metrics.scale_px, self._beside.geometry()
        wide = px(3 * EXAMPLE.width() + 2 * 8 + 16 + 8 + 20)
        width = min(wide, area.width() - 2 * px(8))
        self.setGeometry(
            area.right() - width - px(8), area.top() + px(8), width, area.height() - 2 * px(8)
        )


SEARCH = 16


class FindField(QLineEdit):
    """A field with a glass before what is typed, and its key while nothing is."""

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__(placeholderText=tr("Find class"))
        self._theme, self._key = theme, key
        self.setTextMargins(theme.metrics.scale_px(SEARCH + 4), 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px = self._theme.metrics.scale_px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = px(SEARCH)
        box = QRect(px(10), (self.height() - side) // 2, side, side)
        paint_icon(painter, "search", box, self._theme.tokens.text2)
        if self._key and not self.text() and not self.hasFocus():
            left = self.width() - px(10) - get_chip_width(self._theme, self, self._key)
            paint_chip(painter, self._theme, self, left, self._key)
        painter.end()


class ClassFinder(QWidget):
    """`chosen` carries what Enter was pressed on: the class that is marked in the list, else what
    was typed. The list, which is a widget of its own, is there while a class is looked for:
    `opened` and `closed` tell of it."""

    chosen = Signal(str)
    opened = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, key: str = "") -> None:
        super().__init__()
        self._classes: Sequence[str] = ()
        self.field = FindField(theme, key)
        self.field.setAccessibleName(tr("Search classes"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._emit_chosen)
        self.field.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setProperty("elides", True)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
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
        wanted = typed.strip().lower()
        first = [name for name in self._classes if name.lower().startswith(wanted)]
        return first + [
            name for name in self._classes if wanted in name.lower() and name not in first
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
        model, names = self.list.model(), self.find_matching_classes(typed)
        self.list.clear()
        self.list.addItems(names)
        # By the model: with an object for each item `clear` ended the process once the window had
        # been built anew some times.
        for row, name in enumerate(names):
            model.setData(model.index(row, 0), make_plain_tip(name), Qt.ItemDataRole.ToolTipRole)
        self.list.setCurrentRow(0 if typed.strip() else -1)

    def _emit_chosen(self) -> None:
        item = self.list.currentItem()
        self.chosen.emit(item.text() if item is not None else self.field.text())


# The boxes of a frame: colour, class, and size in pixels of the frame.

BOX_ROW, SQUARE = 28, 10
COLOUR, NAME, SIZE = (Qt.ItemDataRole.UserRole + step for step in range(3))


class BoxRows(QStyledItemDelegate):
    """Paints one box: a square of its colour, its class, its size at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self._theme.metrics.scale_px(BOX_ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        tokens, px, box = self._theme.tokens, self._theme.metrics.scale_px, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(box, 6, 6)
        square = QRect(
            box.x() + px(PAD), box.center().y() - px(SQUARE) // 2 + 1, px(SQUARE), px(SQUARE)
        )
        painter.setBrush(QColor(index.data(COLOUR)))
        painter.drawRoundedRect(square, 2, 2)
        font = self._theme.make_font(option.font, BODY)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_selection if chosen else tokens.text2))
        size = str(index.data(SIZE))
        wide = QFontMetrics(font).horizontalAdvance(size)
        inside = box.adjusted(2 * px(PAD) + px(SQUARE), 0, -px(PAD), 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, size)
        font.setWeight(QFont.Weight.DemiBold if chosen else QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_selection if chosen else tokens.text))
        text_area = inside.adjusted(0, 0, -wide - px(PAD), 0)
        name = QFontMetrics(font).elidedText(
            str(index.data(NAME)), Qt.TextElideMode.ElideMiddle, text_area.width()
        )
        painter.drawText(text_area, LINE, name)
        painter.restore()


class BoxList(QListWidget):
    """The boxes of the frame; a click chooses none, so that the keys stay with the frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(tr("Boxes in this frame"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("elides", True)
        self.setProperty("bare", True)
        self.setItemDelegate(BoxRows(theme, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setMinimumHeight(theme.metrics.scale_px(72))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_boxes(self, boxes: Sequence[Box], selected: int, classes: Sequence[str]) -> None:
        """These, in the colours of their classes; `selected` is the one that keys act on, −1 for
        none."""
        self.clear()
        sizes = [f"{box.w:.0f} × {box.h:.0f}" for box in boxes]
        texts = [f"{box.class_name}   {size} px" for box, size in zip(boxes, sizes, strict=True)]
        self.addItems(texts)
        colours, model = self._theme.tokens.classes, self.model()
        for row, box in enumerate(boxes):
            number = classes.index(box.class_name) if box.class_name in classes else 0
            for role, value in (
                (Qt.ItemDataRole.ToolTipRole, make_plain_tip(texts[row])),
                (COLOUR, colours[number % len(colours)]),
                (NAME, isolate_rtl_names(box.class_name)),
                (SIZE, sizes[row]),
            ):
                model.setData(model.index(row, 0), value, role)
        self.setCurrentRow(selected)
