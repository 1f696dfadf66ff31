"""Panel beside the report pages: contents, who prepared it, language, removable drives, and
destinations of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.i18n.language import capitalise, tr, tr_plural
from fieldcheck.ui.formatting import format_size
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.theme import BODY, RADIUS, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.choice_buttons import ChoiceRow
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import RemovableDrives
from fieldcheck.ui.widgets.images_and_zoom import decode_image
from fieldcheck.ui.widgets.layouts import (
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
    make_scroll_area,
)
from fieldcheck.ui.widgets.pages import SidePanel

# The places that a report can go to, with the room in each.

PROJECT, FOLDER, DRIVE = "project", "folder", "drive"
REPORTS = "reports"
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """`key` is the same as long as it is the same place. `free` is None where nobody knows;
    `needed` None before the report is there."""

    key: str
    kind: str
    name: str
    folder: Path
    free: int | None
    needed: int | None

    @property
    def has_space(self) -> bool:
        """Whether the report fits, as far as that is known."""
        return self.free is None or self.needed is None or self.needed <= self.free

    @property
    def space_text(self) -> str:
        """Free and needed space in words."""
        if self.free is None:
            return ""
        if self.needed is None:
            return tr("{free} free", free=format_size(self.free))
        if not self.has_space:
            return tr(
                "{free} free, too little for {needed}",
                free=format_size(self.free),
                needed=format_size(self.needed),
            )
        return tr(
            "{free} free, requires {needed}",
            free=format_size(self.free),
            needed=format_size(self.needed),
        )


def list_targets(
    project: Path,
    free: int | None,
    chosen: tuple[Path, int | None] | None,
    drives: RemovableDrives,
    needed: int | None,
) -> tuple[ExportTarget, ...]:
    """What was plugged in first, then the project's own folder, then the one that somebody
    chose."""
    export_targets = [
        ExportTarget(f"{DRIVE}:{drive.root}", DRIVE, drive.name, drive.root, drive.free, needed)
        for drive in drives
    ]
    export_targets.append(
        ExportTarget(PROJECT, PROJECT, tr("This project"), project / REPORTS, free, needed)
    )
    if chosen is not None:
        folder, bytes_free = chosen
        export_targets.append(
            ExportTarget(FOLDER, FOLDER, folder.name or str(folder), folder, bytes_free, needed)
        )
    return tuple(export_targets)


def shorten_name(name: str, most: int = 18) -> str:
    """A name that a button has room for."""
    return name if len(name) <= most else name[: max(SHORTEST, most - 1)].rstrip() + "…"


# The pages as pictures that a window can show. It is done beside the window, in the job that sets
# the pages.

SHARP = 2
"""Small pictures have this many pixels for one of the window, so that they are sharp on a fine
screen."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page, and the same page `thumb_width` px wide for the list."""

    page: QImage = field(repr=False)
    thumb: QImage = field(repr=False)


def build_page_images(images: tuple[bytes, ...], thumb_width: int) -> tuple[PageImage, ...]:
    """Every PNG decoded. Safe in any thread."""
    page_images = []
    for data in images:
        page = decode_image(data)
        thumb = page.scaledToWidth(thumb_width * SHARP, Qt.TransformationMode.SmoothTransformation)
        thumb.setDevicePixelRatio(SHARP)
        page_images.append(PageImage(page, thumb))
    return tuple(page_images)


ICON_ROLE = Qt.ItemDataRole.UserRole + 1
PLACE_ICON, PLACE_PAD, PLACE_GAP = 18, 8, 14
ICONS = {"project": "folder", "drive": "usb-stick", "folder": "folder-open"}
WIDTH, NAMES, ITEM, PAD = 356, 100, 52, 16
LONGEST_NAME = 60
SHORT, FRAME = 40, 8  # pixels: of what is missing that is seen at least; of a list around its rows
ONE_PAGE, STANDARD, EVERYTHING = "one_page", "standard", "everything"
"""Presets of what the PDF holds."""


class _PlaceDelegate(QStyledItemDelegate):
    """A place as one row: its icon, its name, and below that the room in it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        box = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = tokens.on_selection if chosen else tokens.text
        quiet = ink if tokens.name.startswith("hc") else tokens.text2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(box, px(RADIUS), px(RADIUS))
        side = px(PLACE_ICON)
        left = box.left() + px(PLACE_PAD)
        icon = QRect(left, box.top() + (box.height() - side) // 2, side, side)
        paint_icon(painter, index.data(ICON_ROLE), icon, ink if chosen else quiet)
        left += side + px(PLACE_GAP)
        name, _, sentence = str(index.data()).partition("\n")
        lines = ((name, QFont.Weight.Medium, ink), (sentence, QFont.Weight.Normal, quiet))
        high, width = px(BODY * 1.45), box.right() - left - px(PLACE_PAD)
        top = box.top() + (box.height() - 2 * high) // 2
        for row, (text, weight, colour) in enumerate(lines):
            font = self._theme.make_font(option.font, BODY)
            font.setWeight(weight)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            line = QRect(left, top + row * high, width, high)
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, width)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class ReportPanel(QWidget):
    """Shows what it is told; says what was chosen."""

    preset_chosen = Signal(str)
    language_chosen = Signal(str)
    name_given = Signal(str)
    target_chosen = Signal(str)
    open_wanted = Signal()

    def __init__(self, theme: Theme, choose_sections: KeyButton, choose_folder: KeyButton) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedWidth(theme.metrics.scale_px(WIDTH))
        self.choose_sections, self.choose_folder = choose_sections, choose_folder
        self._frame = SidePanel(theme)
        self._column = column = get_box_layout(self._frame)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._frame)
        self.missing = make_label(tone="warn", wrap=True)
        self._missing = make_scroll_area(self.missing)
        self._missing.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._missing.setMinimumHeight(theme.metrics.scale_px(SHORT))
        column.addWidget(self._missing, 1)
        self._contents_head = make_row(theme, (make_label(tr("Contents"), "heading"), 1))
        column.addLayout(self._contents_head)
        self.presets = self._build_presets()
        for row in self.presets.values():
            column.addWidget(row)
        column.addWidget(self.choose_sections, 0, Qt.AlignmentFlag.AlignLeft)
        self._spaced = [self._make_spaced_rule() for _ in range(2)]
        for part in (self._spaced[0], self._build_field_part(), self._spaced[1]):
            column.addWidget(part)
        self._target_head = make_row(theme, (make_label(tr("Destination"), "heading"), 1))
        column.addLayout(self._target_head)
        column.addWidget(self._build_target_part(), 2)
        column.addWidget(self.choose_folder, 0, Qt.AlignmentFlag.AlignLeft)
        self.written = make_label(size="caption", tone="quiet", wrap=True)
        self.open_folder = KeyButton(theme, tr("Open folder"))
        self.open_folder.clicked.connect(self.open_wanted)
        line = make_row(theme, self.written)
        line.addWidget(self.open_folder, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(line)
        column.addStretch()
        self.set_compact(False)
        self.show_written("", "")
        self.show_missing(())

    def set_compact(self, compact: bool) -> None:
        """Where there is little room the two further buttons stand beside their headings, and the
        choices without their sentences."""
        pad = self._theme.metrics.scale_px(8 if compact else PAD)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(self._theme.metrics.scale_px(4 if compact else 6))
        for rule in self._spaced:
            margin = self._theme.metrics.scale_px(0 if compact else 6)
            get_box_layout(rule).setContentsMargins(0, margin, 0, margin)
        for row in self.presets.values():
            row.sentence.setVisible(not compact)
            row.set_padding(2 if compact else 6)
        for button, head, below in (
            (self.choose_sections, self._contents_head, self.presets[EVERYTHING]),
            (self.choose_folder, self._target_head, self.targets),
        ):
            head.removeWidget(button)
            self._column.removeWidget(button)
            if compact:
                head.addWidget(button)
            else:
                index = self._column.indexOf(below) + 1
                self._column.insertWidget(index, button, 0, Qt.AlignmentFlag.AlignLeft)
        # Qt does not tell what is around it of another height while it is hidden.
        for part in (self._frame, self):
            part.updateGeometry()

    def show_preset(self, preset: str, pages: int, writable: bool) -> None:
        """What the PDF holds, and how many pages that makes; 0 while nobody knows."""
        for code, (row, sentence) in self._sentences.items():
            chosen = code == preset
            self.presets[code].setChecked(chosen)
            self.presets[code].setEnabled(writable)
            count = tr_plural("{n} page: {contents}", "{n} pages: {contents}", pages)
            row.show_sentence(
                count.format(n=pages, contents=sentence)
                if chosen and pages
                else capitalise(sentence)
            )

    def show_missing(self, missing: Sequence[str]) -> None:
        """What the report has to say is missing."""
        self.missing.setText("\n".join(f"▲ {text}" for text in missing))
        self._missing.setVisible(bool(missing))
        px = self._theme.metrics.scale_px
        needed = self.missing.heightForWidth(px(WIDTH) - 2 * px(PAD) - 2)
        self._missing.setMaximumHeight(max(px(SHORT), needed))

    def show_fields(self, language: str, name: str) -> None:
        """The code of the report's language (empty: the window's), and who prepares it."""
        self.language.select_code(language)
        if self.name.text() != name:
            self.name.setText(name)

    def show_targets(self, targets: Sequence[ExportTarget], chosen: str) -> None:
        """The places, one of them chosen by its key."""
        height = max(self._theme.metrics.scale_px(ITEM), self._theme.metrics.target)
        self.targets.blockSignals(True)
        self.targets.clear()
        for target in targets:
            item = QListWidgetItem(f"{target.name}\n{target.space_text}")
            item.setData(Qt.ItemDataRole.UserRole, target.key)
            item.setData(ICON_ROLE, ICONS[target.kind])
            item.setToolTip(make_plain_tip(str(target.folder)))
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole,
                f"{target.name}, {target.space_text}, {target.folder}",
            )
            item.setSizeHint(QSize(0, height))
            self.targets.addItem(item)
            if target.key == chosen:
                self.targets.setCurrentItem(item)
        self.targets.setMaximumHeight(height * max(1, len(targets)) + FRAME)
        self.targets.blockSignals(False)

    def show_written(self, text: str, about: str) -> None:
        """When something was written last; its folder can be opened then. `about` says it in
        full."""
        self.written.setText(text)
        self.written.setToolTip(make_plain_tip(about))
        self.written.setVisible(bool(text))
        self.open_folder.setVisible(bool(text))

    def _make_spaced_rule(self) -> QWidget:
        part = QWidget()
        make_column(self._theme, make_rule(), parent=part)
        return part

    def _build_presets(self) -> dict[str, ChoiceRow]:
        texts = {
            ONE_PAGE: (tr("One page"), tr("result, reasons, limits")),
            STANDARD: (tr("Standard"), tr("errors, slices, checklist, classes")),
            EVERYTHING: (tr("Everything"), tr("all sections, charts and settings")),
        }
        presets = {
            code: ChoiceRow(self._theme, title, capitalise(sentence))
            for code, (title, sentence) in texts.items()
        }
        self._sentences = {code: (presets[code], texts[code][1]) for code in texts}
        group = QButtonGroup(self)  # one stop of Tab; arrows go through it
        for code, row in presets.items():
            group.addButton(row)
            row.clicked.connect(partial(self.preset_chosen.emit, code))
        return presets

    def _build_field_part(self) -> QWidget:
        choices = [("", tr("Same as interface")), ("en", "English"), ("de", "Deutsch")]
        self.language = ComboBox(self._theme, tr("Report language"), choices)
        self.language.activated.connect(
            lambda _index: self.language_chosen.emit(self.language.chosen_code)
        )
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setAccessibleName(tr("Prepared by"))
        self.name.editingFinished.connect(lambda: self.name_given.emit(self.name.text().strip()))
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._theme.metrics.scale_px(6))
        grid.setColumnStretch(1, 1)
        for index, (text, widget) in enumerate(
            ((tr("Prepared by"), self.name), (tr("Language"), self.language))
        ):
            named = make_label(text, wrap=True)
            named.setFixedWidth(self._theme.metrics.scale_px(NAMES))
            named.setMinimumHeight(named.heightForWidth(self._theme.metrics.scale_px(NAMES)))
            named.setBuddy(widget)
            widget.setMinimumWidth(0)
            grid.addWidget(named, index, 0)
            grid.addWidget(widget, index, 1)
        return part

    def _build_target_part(self) -> QListWidget:
        self.targets = QListWidget()
        self.targets.setAccessibleName(tr("Export folder"))
        self.targets.setItemDelegate(_PlaceDelegate(self._theme, self.targets))
        self.targets.setProperty("bare", True)
        self.targets.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.targets.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.targets.setMinimumHeight(
            max(self._theme.metrics.scale_px(ITEM), self._theme.metrics.target) + FRAME
        )
        self.targets.currentItemChanged.connect(self._on_target_changed)
        return self.targets

    def _on_target_changed(
        self, item: QListWidgetItem | None, _before: QListWidgetItem | None
    ) -> None:
        if item is not None:
            self.target_chosen.emit(item.data(Qt.ItemDataRole.UserRole))
