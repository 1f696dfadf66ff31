"""Beside the live picture: which cameras there are, what is said of the light, what can be set, and what exactly is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fieldcheck.domain.condition import LIGHTS
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import marked
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import column, label, row, rule
from fieldcheck.words.conditions import condition, short_condition
from fieldcheck.words.language import text

WIDTH, ROWS, ROW = 340, 2, 46
IDENTITY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A camera that can be chosen: what people call it, and one line about it. `together`: it is recorded along with the one shown."""

    identity: str
    name: str
    said: str
    together: bool = False


@dataclass(frozen=True, slots=True)
class ExposureControls:
    """Exposure controls: exposure and gain as the camera tells them, and the buttons that change them."""

    said: str = ""
    can_expose: bool = False
    can_auto: bool = False
    can_lock: bool = False
    auto: bool = False
    locked: bool = False


class SourcePanel(QWidget):
    """All of it but `foot`, which whoever shows the panel puts below it, where nothing scrolls.

    `chosen` carries the identity of a camera, `together` identity and whether it is recorded along, `entered` an address or a path,
    `taken` says that it is taken, `password_given` what was typed, `every_frame` whether every frame of a camera without JPEG is stored."""

    chosen = Signal(str)
    together = Signal(str, bool)
    entered = Signal(str)
    password_given = Signal(str)
    every_frame = Signal(bool)
    taken = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self._rows: tuple[SourceRow, ...] = ()
        whole = QVBoxLayout(self)
        pad = look.metrics.px(12)
        whole.setContentsMargins(pad, pad // 2, pad, pad // 2)
        whole.setSpacing(look.metrics.px(6))
        whole.addLayout(self._head())
        whole.addWidget(self._list())
        whole.addLayout(self._entry())
        whole.addWidget(rule())
        whole.addLayout(self._lights())
        whole.addLayout(self._names())
        whole.addWidget(rule())
        whole.addLayout(self._settings())
        whole.addStretch()
        self.foot = self._foot()
        self.show_settings(ExposureControls())

    def set_compact(self, compact: bool) -> None:
        """Small windows show one camera of the list at a time, and no names: the page of the footage has fields for them."""
        self.list.setFixedHeight(self._look.metrics.px((1 if compact else ROWS) * ROW) + 8)
        for field in (self.camera, self.place):
            field.setVisible(not compact)

    def show_sources(self, rows: Sequence[SourceRow], shown: str) -> None:
        """The cameras there are; `shown` is the identity of the one in the picture."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.list.blockSignals(True)
            self.list.clear()
            for one in rows:
                self.list.addItem(self._item(one))
            self.list.blockSignals(False)
        for at in range(self.list.count()):
            if self.list.item(at).data(IDENTITY) == shown:
                self.list.setCurrentRow(at)

    def show_conditions(self, chosen: Iterable[str]) -> None:
        """These chips are pressed."""
        for code, chip in self.chips.items():
            chip.setChecked(code in chosen)

    def show_settings(self, settings: ExposureControls) -> None:
        """Shows the exposure that the camera reports."""
        self.exposure.setText(settings.said)
        for button, can in ((self.darker, settings.can_expose), (self.brighter, settings.can_expose)):
            button.setVisible(can)
        self.auto.setVisible(settings.can_auto)
        self.lock.setVisible(settings.can_lock)
        self.auto.setChecked(settings.auto)
        self.lock.setChecked(settings.locked)

    def show_format(self, said: str) -> None:
        """Exactly what is stored, and how much of it a minute."""
        if said != self.format.text():
            self.format.setText(said)

    def show_every_frame(self, price: str, on: bool) -> None:
        """Shows the data rate of storing every frame; empty where there is no choice."""
        self.all_frames.setVisible(bool(price))
        self.price.setVisible(bool(price))
        self.price.setText(price)
        self.all_frames.setAccessibleDescription(price)
        self.all_frames.blockSignals(True)
        self.all_frames.setChecked(on)
        self.all_frames.blockSignals(False)

    def ask_password(self, wanted: bool) -> None:
        """Shows the field for the password of the address that was entered, or hides it; what was typed is forgotten."""
        self.password.clear()
        self.password.setVisible(wanted)
        if wanted:
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_address(self) -> None:
        """The field for an address takes the keys."""
        self.address.setFocus()

    def clear_address(self) -> None:
        """The address that was entered is taken; the keys belong to the picture again."""
        self.address.clear()
        self.taken.emit()

    def said(self) -> tuple[str, str]:
        """The camera's name and the place, as a person wrote them."""
        return self.camera.text().strip(), self.place.text().strip()

    def suggest(self, place: str) -> None:
        """The place of last time, where nothing is written yet."""
        if not self.place.text():
            self.place.setText(place)

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(WIDTH), super().sizeHint().height())

    def _head(self) -> QHBoxLayout:
        footage = KeyButton(self._look, text("Footage"), self._actions.key("capture.page")).triggers(self._actions.get("capture.page"))
        line = row(self._look, label(text("Source"), bold=True))
        line.addStretch()
        line.addWidget(footage)
        return line

    def _list(self) -> QListWidget:
        self.list = marked(self._look, QListWidget())
        self.list.setAccessibleName(text("Cameras"))
        self.list.setFixedHeight(self._look.metrics.px(ROWS * ROW) + 8)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setProperty("elides", True)
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(self._picked)
        self.list.itemActivated.connect(self._picked)
        self.list.itemChanged.connect(self._ticked)
        return self.list

    def _item(self, one: SourceRow) -> QListWidgetItem:
        item = QListWidgetItem(f"{one.name}\n{one.said}")
        item.setData(IDENTITY, one.identity)
        item.setSizeHint(QSize(10, self._look.metrics.px(ROW)))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if one.together else Qt.CheckState.Unchecked)
        item.setToolTip(text("Select to record together with the camera shown."))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{one.name}, {one.said}")
        return item

    def _picked(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(IDENTITY))

    def _ticked(self, item: QListWidgetItem) -> None:
        self.together.emit(item.data(IDENTITY), item.checkState() == Qt.CheckState.Checked)

    def _entry(self) -> QVBoxLayout:
        self.address, self.password = QLineEdit(), QLineEdit()
        self.address.setPlaceholderText(text("http://, rtsp:// or file path"))
        self.address.setAccessibleName(text("Camera address, or a file to play as a camera"))
        self.address.returnPressed.connect(self._entered)
        self.password.setPlaceholderText(text("Enter password"))
        self.password.setAccessibleName(text("Camera password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.returnPressed.connect(lambda: self.password_given.emit(self.password.text()))
        self.password.hide()
        inside = QVBoxLayout()
        inside.setSpacing(self._look.metrics.px(4))
        inside.addWidget(self.address)
        inside.addWidget(self.password)
        return inside

    def _entered(self) -> None:
        said = self.address.text().strip()
        if said:
            self.entered.emit(said)

    def _lights(self) -> QVBoxLayout:
        self.chips: dict[str, KeyButton] = {}
        chips = Flow(self._look.metrics.px(4), fills=True)
        for number, code in enumerate(LIGHTS, 1):
            chip = KeyButton(self._look, f"{number} {short_condition(code)}").triggers(self._actions.get(f"capture.{code}"))
            chip.setProperty("role", "chip")
            chip.setAccessibleName(f"{condition(code)}, {number}")
            chip.setCheckable(True)
            chips.addWidget(chip)
            self.chips[code] = chip
        inside = QVBoxLayout()
        inside.setSpacing(self._look.metrics.px(4))
        told = label(text("shown in the report"), "caption", "quiet", wrap=True)
        told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        inside.addLayout(row(self._look, label(text("Current conditions"), bold=True), (told, 1)))
        inside.addLayout(chips)
        return inside

    def _names(self) -> QHBoxLayout:
        self.camera, self.place = QLineEdit(), QLineEdit()
        for field, name in ((self.camera, text("Camera name")), (self.place, text("Location"))):
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
        return row(self._look, self.camera, self.place, gap=4)

    def _settings(self) -> QVBoxLayout:
        self.exposure = label(size="caption")
        self.exposure.setProperty("elides", True)
        made = [
            KeyButton(self._look, name, self._actions.key(identity)).triggers(self._actions.get(identity))
            for identity, name in (
                ("capture.darker", "−"),
                ("capture.brighter", "+"),
                ("capture.auto", text("Auto")),
                ("capture.lock", text("Lock camera settings")),
            )
        ]
        self.darker, self.brighter, self.auto, self.lock = made
        for button, name in ((self.darker, text("Darker")), (self.brighter, text("Brighter"))):
            button.setAccessibleName(name)
        for button in (self.auto, self.lock):
            button.setCheckable(True)
        buttons = Flow(self._look.metrics.px(4), fills=True)
        for button in made:
            buttons.addWidget(button)
        inside = QVBoxLayout()
        inside.setSpacing(self._look.metrics.px(4))
        inside.addWidget(self.exposure)
        inside.addLayout(buttons)
        return inside

    def _foot(self) -> QWidget:
        """What is pressed while a recording runs, and what exactly is stored."""
        foot = QWidget()
        self.format = label(size="caption", tone="quiet", wrap=True)
        inside = column(self._look, gap=4)
        inside.addLayout(self._all_frames())
        inside.addLayout(self._moments())
        inside.addWidget(self.format)
        pad = self._look.metrics.px(12)
        inside.setContentsMargins(pad, 0, pad, pad // 2)
        foot.setLayout(inside)
        return foot

    def _all_frames(self) -> QHBoxLayout:
        self.all_frames = marked(self._look, QCheckBox(text("Every frame")))
        self.all_frames.toggled.connect(self.every_frame)
        self.price = label(size="caption", tone="quiet", wrap=True)
        for part in (self.all_frames, self.price):
            part.hide()
        line = row(self._look, self.all_frames)
        line.addWidget(self.price, 1)
        return line

    def _moments(self) -> Flow:
        buttons = Flow(self._look.metrics.px(4), fills=True)
        for identity, name in (("capture.mark", text("Mark moment")), ("capture.single", text("Save frame"))):
            button = KeyButton(self._look, name, self._actions.key(identity), shrinks=True).triggers(self._actions.get(identity))
            button.setMinimumHeight(self._look.metrics.primary)
            buttons.addWidget(button)
        return buttons
