"""Beside the live picture: which cameras there are, what is said of the light, what can be set, and
what exactly is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.recording import LIGHTS
from fieldcheck.footage.messages import get_condition_name, get_short_condition_name
from fieldcheck.i18n.language import tr
from fieldcheck.ui.screens.capture.clip_light import ClipLight
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import LARGE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.layouts import FlowLayout, make_column, make_label, make_row, make_rule
from fieldcheck.ui.widgets.row_button import PAD, RowButton
from fieldcheck.ui.widgets.side_panel import ButtonGrid

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
    on."""

    caption: str = ""
    can_expose: bool = False
    can_auto: bool = False
    can_lock: bool = False
    auto: bool = False
    locked: bool = False


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

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        meters: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
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
        self.show_exposure(ExposureControls())

    def set_recording(self, recording: bool) -> None:
        """While it records there is nothing to choose or to set but what is told then."""
        self._recording = recording
        self._update_sections()

    def _update_sections(self) -> None:
        asked = not self.password.isHidden()
        self.sources.setVisible(not self._recording or asked)
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
        for field in (self.camera, self.place):
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
        """As high as its cameras, up to two of them; the others scroll."""
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
        return self.camera.text().strip(), self.place.text().strip()

    def suggest_location(self, location: str) -> None:
        """The place of last time, where nothing is written yet."""
        if not self.place.text():
            self.place.setText(location)

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
        self.camera, self.place = QLineEdit(), QLineEdit()
        for field, name in ((self.camera, tr("Camera name")), (self.place, tr("Location"))):
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
        return make_row(self._theme, self.camera, self.place, gap=4)

    def _build_exposure_controls(self) -> QVBoxLayout:
        self.exposure = make_label(size="caption")
        self.exposure.setProperty("elides", True)
        made = [
            KeyButton(self._theme, name, self._actions.get_key_text(identity)).bind_action(
                self._actions.get_action(identity)
            )
            for identity, name in (
                ("capture.darker", "−"),
                ("capture.brighter", "+"),
                ("capture.auto", tr("Auto")),
            )
        ]
        self.darker, self.brighter, self.auto = made
        for button, name in ((self.darker, tr("Darker")), (self.brighter, tr("Brighter"))):
            button.setAccessibleName(name)
        self.auto.setCheckable(True)
        buttons = FlowLayout(self._theme.metrics.scale_px(4), fills=True)
        for button in made:
            buttons.addWidget(button)
        inside = QVBoxLayout()
        inside.setSpacing(self._theme.metrics.scale_px(4))
        inside.addWidget(self.exposure)
        inside.addLayout(buttons)
        return inside

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
        made = [
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
        self.mark, self.single, self.next, self.lock = made
        self.lock.setCheckable(True)
        self.moments = ButtonGrid(self._theme, *made)
        self.moments.set_columns(1 if self._theme.metrics.percent >= LARGE else 2)
        return self.moments
