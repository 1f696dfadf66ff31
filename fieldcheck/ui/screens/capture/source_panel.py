"""Beside the live picture: which cameras there are, what is said of the light, what can be set,
what exactly is stored, and whether there are clips enough: a light with shape, word and number, a
scale, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.recording import LIGHTS
from fieldcheck.footage.messages import get_condition_name, get_short_condition_name
from fieldcheck.i18n.language import tr
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import BODY, CAPTION, CLASS_NAME, LARGE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.choice_buttons import PAD, RowButton
from fieldcheck.ui.widgets.combo_box import ComboBox, apply_mark_style
from fieldcheck.ui.widgets.layouts import (
    NO_BREAK,
    UNIT,
    FlowLayout,
    make_column,
    make_label,
    make_row,
    make_rule,
)
from fieldcheck.ui.widgets.pages import ButtonGrid
from fieldcheck.ui.widgets.text_lines import break_lines

ClipLightTone = Literal["ok", "warn", "none"]
LIGHT_PAD, RADIUS, DISC, MARK_HEIGHT, LINE, GAP = 16, 10, 28, 14, 8, 12
ICONS: dict[ClipLightTone, str] = {"ok": "check", "warn": "triangle", "none": "ring"}


@dataclass(frozen=True, slots=True)
class ClipLightContent:
    """`tone` gives colour and shape; `marks` are the numbers of clips that the scale names, the
    last one at its end, each with what stands under it; `described` is what a screen reader
    says."""

    tone: ClipLightTone
    title: str
    sentence: str
    clips: int
    marks: tuple[tuple[int, str], ...]

    @property
    def described(self) -> str:
        """All of it in words."""
        return ". ".join((self.title, self.sentence.rstrip("."), *(text for _, text in self.marks)))


class ClipLight(QWidget):
    """The light, as high as its sentence needs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.content: ClipLightContent | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_content(self, content: ClipLightContent | None) -> None:
        """Another state; None while it is not known, and then it is not there."""
        self.setVisible(content is not None)
        if content is None or content == self.content:
            return
        self.content = content
        self.setAccessibleName(content.described)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.metrics.scale_px
        lines = len(self._break_sentence()) * self._get_line_height(BODY)
        scale = px(MARK_HEIGHT) + self._get_line_height(CAPTION) + px(GAP)
        return QSize(px(240), 2 * px(LIGHT_PAD) + self._get_head_height() + scale + lines)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(160), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.content is None:
            return
        px, content = self._theme.metrics.scale_px, self.content
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        solid, soft = self._get_colours()
        painter.setPen(QColor(solid) if self._theme.tokens.name.startswith("hc") else QColor(soft))
        painter.setBrush(QColor(soft))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        inside = self.rect().adjusted(px(LIGHT_PAD), px(LIGHT_PAD), -px(LIGHT_PAD), -px(LIGHT_PAD))
        disc = QRect(inside.x(), inside.y(), px(DISC), px(DISC))
        self._paint_sign(painter, disc, solid, soft)
        painter.setPen(QColor(self._theme.tokens.text))
        painter.setFont(self._make_font(CLASS_NAME, QFont.Weight.DemiBold))
        words = QRect(disc.right() + px(GAP), inside.y(), 0, self._get_head_height())
        words.setRight(inside.right())
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, content.title
        )
        top = self._paint_scale(painter, inside, inside.y() + self._get_head_height() + px(GAP))
        painter.setFont(self._make_font(BODY))
        painter.setPen(QColor(self._theme.tokens.text))
        for line in self._break_sentence():
            box = QRect(inside.x(), top, inside.width(), self._get_line_height(BODY))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)
            top += self._get_line_height(BODY)
        painter.end()

    def _paint_sign(self, painter: QPainter, disc: QRect, solid: str, soft: str) -> None:
        """A tick on a disc, a triangle, or a ring: shapes that differ without their colour."""
        tone = self.content.tone if self.content is not None else "none"
        if tone == "ok":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(solid))
            painter.drawEllipse(disc)
            inset = disc.width() // 5
            paint_icon(painter, ICONS[tone], disc.adjusted(inset, inset, -inset, -inset), soft)
        else:
            paint_icon(painter, ICONS[tone], disc, solid)

    def _paint_scale(self, painter: QPainter, inside: QRect, top: int) -> int:
        """The scale with its marks; returns where the sentence begins."""
        if self.content is None:
            return top
        px, tokens, content = self._theme.metrics.scale_px, self._theme.tokens, self.content
        most = content.marks[-1][0]
        line = QRect(inside.x(), top + (px(MARK_HEIGHT) - px(LINE)) // 2, inside.width(), px(LINE))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(line, px(LINE) / 2, px(LINE) / 2)
        filled = QRect(line)
        filled.setWidth(round(line.width() * min(1.0, content.clips / most)))
        if content.clips:
            painter.setBrush(QColor(self._get_colours()[0]))
            painter.drawRoundedRect(filled, px(LINE) / 2, px(LINE) / 2)
        painter.setFont(self._make_font(CAPTION))
        metrics, free = QFontMetrics(painter.font()), inside.x() - 1
        below, high = top + px(MARK_HEIGHT), self._get_line_height(CAPTION)
        for number, text in content.marks:
            x = inside.x() + round((inside.width() - 2) * number / most)
            painter.fillRect(QRect(x, top, 2, px(MARK_HEIGHT)), QColor(tokens.text))
            wide = metrics.horizontalAdvance(text)
            left = min(max(inside.x(), x - wide // 2), inside.right() + 1 - wide)
            if left > free:  # a scale that is too narrow names the first and leaves the next out
                painter.setPen(QColor(tokens.text))
                painter.drawText(
                    QRect(left, below, wide, high), Qt.AlignmentFlag.AlignVCenter, text
                )
                free = left + wide + px(4)
        return below + high + px(4)

    def _get_colours(self) -> tuple[str, str]:
        """The solid and the soft one of the tone."""
        tokens = self._theme.tokens
        tone = self.content.tone if self.content is not None else "none"
        return {
            "ok": (tokens.ok, tokens.ok_soft),
            "warn": (tokens.warn_mark, tokens.warn_soft),
            "none": (tokens.text2, tokens.hover),
        }[tone]

    def _get_head_height(self) -> int:
        px, title = self._theme.metrics.scale_px, self.content.title if self.content else ""
        font = self._make_font(CLASS_NAME, QFont.Weight.DemiBold)
        text_width = self.width() - 2 * px(LIGHT_PAD) - px(DISC) - px(GAP)
        lines = len(break_lines(title, font, max(px(80), text_width)))
        return max(px(DISC), lines * QFontMetrics(font).lineSpacing())

    def _get_line_height(self, size: int) -> int:
        return round(QFontMetrics(self._make_font(size)).height() * 1.2)

    def _break_sentence(self) -> list[str]:
        px = self._theme.metrics.scale_px
        text = self.content.sentence if self.content is not None else ""
        text = UNIT.sub(NO_BREAK, text)
        return break_lines(
            text, self._make_font(BODY), max(px(120), self.width() - 2 * px(LIGHT_PAD))
        )

    def _make_font(self, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = self._theme.make_font(self.font(), size)
        font.setWeight(weight)
        return font


WIDTH, ROWS, ROW = 304, 2, 46
IDENTITY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A camera that can be selected: its name and a one-line caption. `synchronised`: it is
    recorded together with the one shown."""

    identity: str
    name: str
    caption: str
    synchronised: bool = False


@dataclass(frozen=True, slots=True)
class ExposureControls:
    """State of the exposure controls: current values as text, which controls exist, and which are
    on; `can_series`: a series of settings can be tried."""

    caption: str = ""
    can_expose: bool = False
    can_auto: bool = False
    can_lock: bool = False
    auto: bool = False
    locked: bool = False
    can_series: bool = False


class SourcePanel(QWidget):
    """All of it but `foot`, which whoever shows the panel puts below it, where nothing scrolls.

    `camera_chosen` carries the identity of a camera, `synchronised_toggled` identity and whether it
    is recorded along, `address_entered` an address or a path, `address_accepted` says that it is
    taken, `password_entered` what was typed, `every_frame_toggled` whether every frame of a camera
    without JPEG is stored."""

    camera_chosen = Signal(str)
    synchronised_toggled = Signal(str, bool)
    address_entered = Signal(str)
    password_entered = Signal(str)
    every_frame_toggled = Signal(bool)
    address_accepted = Signal()

    def __init__(self, theme: Theme, actions: Actions, meters: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._rows: tuple[SourceRow, ...] = ()
        self._recording = self._compact = self._can_lock = False
        self.light = ClipLight(theme)
        self.light.hide()
        whole, px = QVBoxLayout(self), theme.metrics.scale_px
        whole.setContentsMargins(0, px(12), 0, px(8))
        whole.setSpacing(px(8))
        self.sources = self._build_section(
            self._build_head(), self._build_camera_list(), self._build_address_fields()
        )
        self.settings = self._build_section(
            self._build_name_fields(), make_rule(), self._build_exposure_controls()
        )
        whole.addWidget(self._build_section(self.light))
        whole.addWidget(self.sources)
        whole.addWidget(self._build_conditions())
        whole.addWidget(self.settings)
        whole.addWidget(self._build_section(make_rule(), *meters))
        self.foot = self._build_foot()
        self.show_part_classes(())
        self.show_exposure(ExposureControls())

    def set_recording(self, recording: bool) -> None:
        """While it records there is nothing to choose or to set but what is told then."""
        self._recording = recording
        self._update_sections()

    def _update_sections(self) -> None:
        is_password_asked = not self.password.isHidden()
        self.sources.setVisible(not self._recording or is_password_asked)
        self.settings.setVisible(not self._recording)
        self.storage.setVisible(not self._recording)
        self._update_moments()

    def _update_moments(self) -> None:
        """What can be pressed at the foot: marks only while there is something to be marked."""
        shown = [self.mark] if self._recording else []
        shown += [self.single, self.next, *([self.lock] if self._can_lock else [])]
        if [button for button in self.moments.buttons if not button.isHidden()] != shown:
            self.moments.show_only(*shown)

    def _build_section(self, *parts: QWidget | QLayout) -> QWidget:
        """Parts below each other, as far from the edge as the words of a row."""
        section = QWidget()
        column = make_column(self._theme, *parts, gap=6)
        pad = self._theme.metrics.scale_px(PAD)
        column.setContentsMargins(pad, 0, pad, 0)
        section.setLayout(column)
        return section

    def set_compact(self, compact: bool) -> None:
        """Small windows show one camera of the list at a time, and no names: the page of the
        footage has fields for them."""
        self._compact = compact
        self._fit_list()
        for field in (self.camera, self.location):
            field.setVisible(not compact)

    def show_sources(self, rows: Sequence[SourceRow], shown: str) -> None:
        """The cameras there are; `shown` is the identity of the one in the picture."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.list.blockSignals(True)
            self.list.clear()
            for row in rows:
                self.list.addItem(self._make_list_item(row))
            self.list.blockSignals(False)
            self._fit_list()
        for index in range(self.list.count()):
            if self.list.item(index).data(IDENTITY) == shown:
                self.list.setCurrentRow(index)

    def _fit_list(self) -> None:
        """As high as its cameras, up to two of them; the others scroll. Without one there is no
        list."""
        self.list.setVisible(bool(self._rows))
        rows = 1 if self._compact else min(ROWS, max(1, len(self._rows)))
        self.list.setFixedHeight(self._theme.metrics.scale_px(rows * ROW) + 8)

    def show_conditions(self, chosen: Iterable[str]) -> None:
        """These chips are pressed."""
        for code, chip in self.chips.items():
            chip.setChecked(code in chosen)

    def show_exposure(self, settings: ExposureControls) -> None:
        """Shows the exposure that the camera reports."""
        self.exposure.setText(settings.caption)
        for button, can in (
            (self.darker, settings.can_expose),
            (self.brighter, settings.can_expose),
        ):
            button.setVisible(can)
        self.auto.setVisible(settings.can_auto)
        self._can_lock = settings.can_lock
        self.series_row.setVisible(settings.can_series and self.part.count() > 0)
        self._update_moments()
        self.auto.setChecked(settings.auto)
        self.lock.setChecked(settings.locked)

    def show_format(self, text: str) -> None:
        """Exactly what is stored, and how much of it a minute."""
        if text != self.format.text():
            self.format.setText(text)

    def show_every_frame(self, price: str, enabled: bool) -> None:
        """Shows the data rate of storing every frame; empty where there is no choice."""
        self.all_frames.setVisible(bool(price))
        self.price.setVisible(bool(price))
        self.price.setText(price)
        self.all_frames.setAccessibleDescription(price)
        self.all_frames.blockSignals(True)
        self.all_frames.setChecked(enabled)
        self.all_frames.blockSignals(False)

    def show_password_field(self, wanted: bool) -> None:
        """Shows the field for the password of the address that was entered, or hides it; what was
        typed is forgotten."""
        self.password.clear()
        self.password.setVisible(wanted)
        self._update_sections()
        if wanted:
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_address_field(self) -> None:
        """The field for an address takes the keys."""
        self.address.setFocus()

    def clear_address(self) -> None:
        """The address that was entered is taken; the keys belong to the picture again."""
        self.address.clear()
        self.address_accepted.emit()

    def get_entered_names(self) -> tuple[str, str]:
        """The camera's name and the place, as a person wrote them."""
        return self.camera.text().strip(), self.location.text().strip()

    def suggest_location(self, location: str) -> None:
        """The place of last time, where nothing is written yet."""
        if not self.location.text():
            self.location.setText(location)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(WIDTH), super().sizeHint().height())

    def _build_head(self) -> QHBoxLayout:
        footage = KeyButton(
            self._theme, tr("Footage"), self._actions.get_key_text("capture.page")
        ).bind_action(self._actions.get_action("capture.page"))
        line = make_row(self._theme, make_label(tr("Source"), bold=True))
        line.addStretch()
        line.addWidget(footage)
        return line

    def _build_camera_list(self) -> QListWidget:
        self.list = apply_mark_style(self._theme, QListWidget())
        self.list.setAccessibleName(tr("Cameras"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setProperty("elides", True)
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(self._on_item_picked)
        self.list.itemActivated.connect(self._on_item_picked)
        self.list.itemChanged.connect(self._on_item_checked)
        return self.list

    def _make_list_item(self, source_row: SourceRow) -> QListWidgetItem:
        item = QListWidgetItem(f"{source_row.name}\n{source_row.caption}")
        item.setData(IDENTITY, source_row.identity)
        item.setSizeHint(QSize(10, self._theme.metrics.scale_px(ROW)))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(
            Qt.CheckState.Checked if source_row.synchronised else Qt.CheckState.Unchecked
        )
        item.setToolTip(tr("Select to record together with the camera shown."))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{source_row.name}, {source_row.caption}")
        return item

    def _on_item_picked(self, item: QListWidgetItem) -> None:
        self.camera_chosen.emit(item.data(IDENTITY))

    def _on_item_checked(self, item: QListWidgetItem) -> None:
        self.synchronised_toggled.emit(
            item.data(IDENTITY), item.checkState() == Qt.CheckState.Checked
        )

    def _build_address_fields(self) -> QVBoxLayout:
        self.address, self.password = QLineEdit(), QLineEdit()
        self.address.setPlaceholderText(tr("http://, rtsp:// or file path"))
        self.address.setAccessibleName(tr("Camera address, or a file to play as a camera"))
        self.address.returnPressed.connect(self._on_address_entered)
        self.password.setPlaceholderText(tr("Enter password"))
        self.password.setAccessibleName(tr("Camera password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(
            lambda: self.password_entered.emit(self.password.text())
        )
        self.password.hide()
        inside = QVBoxLayout()
        inside.setSpacing(self._theme.metrics.scale_px(4))
        inside.addWidget(self.address)
        inside.addWidget(self.password)
        return inside

    def _on_address_entered(self) -> None:
        text = self.address.text().strip()
        if text:
            self.address_entered.emit(text)

    def show_facts(self, text: str) -> None:
        """The recording so far in figures."""
        if text != self.facts.text():
            self.facts.setText(text)
            self.facts.setVisible(bool(text))

    def show_condition_time(self, text: str) -> None:
        """Since when the conditions are so."""
        text = text or tr("shown in the report")
        if text != self.since.text():
            self.since.setText(text)

    def _build_conditions(self) -> QWidget:
        self.chips: dict[str, RowButton] = {}
        for number, code in enumerate(LIGHTS, 1):
            chip = RowButton(
                self._theme, get_short_condition_name(code), str(number), key_first=True
            ).bind_action(self._actions.get_action(f"capture.{code}"))
            chip.setAccessibleName(f"{get_condition_name(code)}, {number}")
            chip.setCheckable(True)
            self.chips[code] = chip
        grid = ButtonGrid(self._theme, *self.chips.values())
        grid.set_columns(1 if self._theme.metrics.percent >= LARGE else 2)
        self.since = make_label(tr("shown in the report"), "caption", "quiet", wrap=True)
        self.since.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = make_row(
            self._theme, make_label(tr("Current conditions"), bold=True), (self.since, 1)
        )
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.metrics.scale_px(4))
        column.addWidget(self._build_section(head))
        column.addWidget(grid)
        section = QWidget()
        section.setLayout(column)
        return section

    def _build_name_fields(self) -> QHBoxLayout:
        self.camera, self.location = QLineEdit(), QLineEdit()
        for field, name in ((self.camera, tr("Camera name")), (self.location, tr("Location"))):
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
        return make_row(self._theme, self.camera, self.location, gap=4)

    def _build_exposure_controls(self) -> QVBoxLayout:
        self.exposure = make_label(size="caption")
        self.exposure.setProperty("elides", True)
        buttons = [
            KeyButton(self._theme, name, self._actions.get_key_text(identity)).bind_action(
                self._actions.get_action(identity)
            )
            for identity, name in (
                ("capture.darker", "−"),
                ("capture.brighter", "+"),
                ("capture.auto", tr("Auto")),
            )
        ]
        self.darker, self.brighter, self.auto = buttons
        for button, name in ((self.darker, tr("Darker")), (self.brighter, tr("Brighter"))):
            button.setAccessibleName(name)
        self.auto.setCheckable(True)
        button_line = FlowLayout(self._theme.metrics.scale_px(4), fills=True)
        for button in buttons:
            button_line.addWidget(button)
        inside = QVBoxLayout()
        inside.setSpacing(self._theme.metrics.scale_px(4))
        inside.addWidget(self.exposure)
        inside.addLayout(button_line)
        inside.addWidget(self._build_series_row())
        return inside

    def _build_series_row(self) -> QWidget:
        """The class of the part under the camera, and the button that tries settings on it."""
        self.series_row = QWidget()
        self.part = ComboBox(self._theme, tr("Class of the part under the camera"), [])
        self.part.setToolTip(tr("Class of the part under the camera"))
        self.part.setSizeAdjustPolicy(
            ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        button = KeyButton(
            self._theme, tr("Try ten settings"), self._actions.get_key_text("capture.series")
        ).bind_action(self._actions.get_action("capture.series"))
        line = make_row(self._theme, (self.part, 1), button, gap=4)
        line.setContentsMargins(0, 0, 0, 0)
        self.series_row.setLayout(line)
        return self.series_row

    def show_part_classes(self, classes: Sequence[str]) -> None:
        """Classes that a part under the camera may have; the chosen one stays."""
        chosen = self.part.chosen_code
        self.part.set_options([(name, name) for name in classes])
        self.part.select_code(chosen)

    def _build_foot(self) -> QWidget:
        """What is pressed while a recording runs, and what exactly is stored."""
        foot, px = QWidget(), self._theme.metrics.scale_px
        self.format = make_label(size="caption", tone="quiet", wrap=True)
        self.facts = make_label(size="caption", tone="quiet", wrap=True)
        self.facts.hide()
        column = QVBoxLayout(foot)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        self.storage = self._build_section(self._build_every_frame_row(), self.format)
        column.addWidget(self._build_section(make_rule()))
        column.addWidget(self.storage)
        column.addWidget(self._build_section(self.facts))
        column.addWidget(self._build_moment_buttons())
        return foot

    def _build_every_frame_row(self) -> QHBoxLayout:
        self.all_frames = apply_mark_style(self._theme, QCheckBox(tr("Every frame")))
        self.all_frames.toggled.connect(self.every_frame_toggled)
        self.price = make_label(size="caption", tone="quiet", wrap=True)
        for part in (self.all_frames, self.price):
            part.hide()
        line = make_row(self._theme, self.all_frames)
        line.addWidget(self.price, 1)
        return line

    def _build_moment_buttons(self) -> ButtonGrid:
        buttons = [
            RowButton(self._theme, name, self._actions.get_key_text(identity)).bind_action(
                self._actions.get_action(identity)
            )
            for identity, name in (
                ("capture.mark", tr("Mark moment")),
                ("capture.single", tr("Save frame")),
                ("capture.next", tr("Next camera")),
                ("capture.lock", tr("Lock exposure")),
            )
        ]
        self.mark, self.single, self.next, self.lock = buttons
        self.lock.setCheckable(True)
        self.moments = ButtonGrid(self._theme, *buttons)
        self.moments.set_columns(1 if self._theme.metrics.percent >= LARGE else 2)
        return self.moments
