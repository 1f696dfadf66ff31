"""Appearance: theme, interface size, gloves."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.settings import Settings
from fieldcheck.ui.preferences import SIZES
from fieldcheck.ui.screens.settings.theme_tile import ThemeTile
from fieldcheck.ui.shell.actions_table import table
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import DARK, LIGHT, THEMES
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import label, row
from fieldcheck.words.figures import percent
from fieldcheck.words.language import text

SYSTEM = ""


class AppearancePage(QWidget):
    """`changed(name, value)`: a field of `Settings` was set."""

    changed = Signal(str, object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.metrics.px(8))
        column.addWidget(label(text("Theme"), bold=True))
        column.addLayout(self._theme_row())
        column.addSpacing(look.metrics.px(8))
        column.addWidget(label(text("Interface size"), bold=True))
        column.addLayout(self._size_row())
        shown = {entry.id: entry.shown_key for entry in table()}
        keys = {"larger": shown["larger"], "smaller": shown["smaller"], "usual": shown["usual_size"]}
        by_key = text("{larger} and {smaller} change it on every screen, {usual} brings 100% back.").format(**keys)
        column.addWidget(label(by_key, tone="quiet", wrap=True))
        column.addSpacing(look.metrics.px(8))
        self.gloves = QCheckBox(text("Gloves mode"))
        self.gloves.setObjectName("gloves")
        self.gloves.clicked.connect(lambda on: self.changed.emit("gloves", on))
        column.addWidget(self.gloves)
        column.addWidget(label(text("Everything that can be pressed is larger and stands further apart."), tone="quiet", wrap=True))
        column.addStretch()

    def show_settings(self, settings: Settings) -> None:
        """As it is set now."""
        self.themes[settings.theme if settings.theme in self.themes else SYSTEM].setChecked(True)
        if settings.size in self.sizes:
            self.sizes[settings.size].setChecked(True)
        self.gloves.setChecked(settings.gloves)

    def _theme_row(self) -> QHBoxLayout:
        names = {
            SYSTEM: text("As the system"),
            "light": text("Light theme"),
            "dark": text("Dark theme"),
            "hc_dark": text("High contrast, dark"),
            "hc_light": text("High contrast, sun"),
        }
        drawn = {SYSTEM: (LIGHT, DARK), **{name: (tokens,) for name, tokens in THEMES.items()}}
        self.themes = {name: ThemeTile(self._look, said, drawn[name]) for name, said in names.items()}
        self._theme_group = QButtonGroup(self)
        for name, tile in self.themes.items():
            tile.setObjectName(f"theme.{name}")
            self._theme_group.addButton(tile)
            tile.clicked.connect(partial(self.changed.emit, "theme", name))
        return row(self._look, *self.themes.values(), gap=12)

    def _size_row(self) -> QHBoxLayout:
        self.sizes = {size: KeyButton(self._look, percent(size / 100)) for size in SIZES}
        self._size_group = QButtonGroup(self)
        for size, button in self.sizes.items():
            button.setObjectName(f"size.{size}")
            button.setProperty("role", "chip")
            button.setCheckable(True)
            button.setAccessibleName(text("Interface size {size}").format(size=percent(size / 100)))
            self._size_group.addButton(button)
            button.clicked.connect(partial(self.changed.emit, "size", size))
        made = row(self._look, *self.sizes.values())
        made.addStretch()
        return made
