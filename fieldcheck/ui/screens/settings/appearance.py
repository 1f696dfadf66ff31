"""Appearance: theme, interface size, gloves."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from fieldcheck.settings import Settings
from fieldcheck.ui.preferences import SIZES
from fieldcheck.ui.shell.actions_table import list_actions
from fieldcheck.ui.theme.marks import apply_mark_style
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import DARK, LIGHT, THEMES, Tokens
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import make_column, make_label, make_row
from fieldcheck.words.figures import format_percent
from fieldcheck.words.language import tr

SYSTEM = ""
PICTURE, NAME_LINES, LEAST_WIDTH = 72, 3, 96
SAMPLE_SCORE = 0.971


class AppearancePage(QWidget):
    """`changed(name, value)`: a field of `Settings` was set."""

    changed = Signal(str, object)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        inside = make_column(look, make_label(tr("Theme"), bold=True), self._build_theme_row(), on=self)
        inside.addSpacing(look.metrics.scale_px(8))
        inside.addWidget(make_label(tr("Interface size"), bold=True))
        inside.addLayout(self._build_size_row())
        shown = {entry.id: entry.shown_key for entry in list_actions()}
        keys = {"larger": shown["larger"], "smaller": shown["smaller"], "usual": shown["usual_size"]}
        by_key = tr("Press {larger} or {smaller} on any screen to change the size, {usual} to reset to 100%.").format(**keys)
        inside.addWidget(make_label(by_key, tone="quiet", wrap=True))
        inside.addSpacing(look.metrics.scale_px(8))
        self.gloves = apply_mark_style(look, QCheckBox(tr("Gloves mode")))
        self.gloves.setObjectName("gloves")
        self.gloves.clicked.connect(lambda on: self.changed.emit("gloves", on))
        inside.addWidget(self.gloves)
        inside.addWidget(make_label(tr("Larger controls with more spacing."), tone="quiet", wrap=True))
        inside.addStretch()

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        self.themes[settings.theme if settings.theme in self.themes else SYSTEM].setChecked(True)
        if settings.size in self.sizes:
            self.sizes[settings.size].setChecked(True)
        self.gloves.setChecked(settings.gloves)

    def _build_theme_row(self) -> QHBoxLayout:
        names = {
            SYSTEM: tr("Same as system"),
            "light": tr("Light theme"),
            "dark": tr("Dark theme"),
            "hc_dark": tr("High contrast, dark"),
            "hc_light": tr("High contrast, light"),
        }
        drawn = {SYSTEM: (LIGHT, DARK), **{name: (tokens,) for name, tokens in THEMES.items()}}
        self.themes = {name: ThemeTile(self._look, said, drawn[name]) for name, said in names.items()}
        self._theme_group = QButtonGroup(self)
        for name, tile in self.themes.items():
            tile.setObjectName(f"theme.{name}")
            self._theme_group.addButton(tile)
            tile.clicked.connect(partial(self.changed.emit, "theme", name))
        return make_row(self._look, *self.themes.values(), gap=12)

    def _build_size_row(self) -> QHBoxLayout:
        self.sizes = {size: KeyButton(self._look, format_percent(size / 100)) for size in SIZES}
        self._size_group = QButtonGroup(self)
        for size, button in self.sizes.items():
            button.setObjectName(f"size.{size}")
            button.setProperty("role", "chip")
            button.setCheckable(True)
            button.setAccessibleName(tr("Interface size {size}").format(size=format_percent(size / 100)))
            self._size_group.addButton(button)
            button.clicked.connect(partial(self.changed.emit, "size", size))
        made = make_row(self._look, *self.sizes.values())
        made.addStretch()
        return made


class ThemeTile(QAbstractButton):
    """One theme to choose, with its name below. Two themes stand side by side in one picture: whichever the system asks for."""

    def __init__(self, look: Theme, name: str, themes: tuple[Tokens, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._name, self._themes = look, name, themes
        self.setCheckable(True)
        self.setText(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        px = self._look.metrics.scale_px
        return QSize(px(160), px(PICTURE) + px(8) + NAME_LINES * QFontMetrics(self.font()).lineSpacing() + px(4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(LEAST_WIDTH), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, tokens = self._look.metrics.scale_px, self._look.tokens
        picture = QRect(3, 3, self.width() - 6, px(PICTURE) - 6)
        for at, theme in enumerate(self._themes):
            left = picture.left() + at * picture.width() // len(self._themes)
            right = picture.left() + (at + 1) * picture.width() // len(self._themes)
            painter.setClipRect(QRect(left, picture.top(), right - left, picture.height()))
            self._paint_window(painter, picture, theme)
        painter.setClipping(False)
        edge = 3 if self.isChecked() else 1
        painter.setPen(QPen(QColor(tokens.accent if self.isChecked() else tokens.border), edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(picture.adjusted(0, 0, -1, -1))
        name = QRect(0, px(PICTURE) + px(4), self.width(), self.height() - px(PICTURE) - px(4))
        font = self.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        said = f"● {self._name}" if self.isChecked() else self._name
        painter.drawText(name.adjusted(px(4), 0, -px(4), 0), Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, said)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _paint_window(self, painter: QPainter, picture: QRect, theme: Tokens) -> None:
        """Rail, panel, text, a button and a warning, as they look in `theme`."""
        px = self._look.metrics.scale_px
        painter.fillRect(picture, QColor(theme.window))
        painter.fillRect(QRect(picture.left(), picture.top(), px(16), picture.height()), QColor(theme.sunken))
        panel = picture.adjusted(px(24), px(8), -px(8), -px(8))
        painter.fillRect(panel, QColor(theme.panel))
        painter.setPen(QColor(theme.border))
        painter.drawRect(panel.adjusted(0, 0, -1, -1))
        font = self.font()
        font.setPixelSize(px(13))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        figures = QRect(panel.left() + px(6), panel.top() + px(4), panel.width() - px(8), px(18))
        painter.drawText(figures, Qt.AlignmentFlag.AlignVCenter, format_percent(SAMPLE_SCORE, 1))
        foot = panel.bottom() - px(20)
        painter.fillRect(QRect(panel.left() + px(6), foot, px(36), px(14)), QColor(theme.accent))
        warn = QRect(panel.left() + px(46), foot, px(16), px(14))
        painter.fillRect(warn, QColor(theme.warn))
        font.setPixelSize(px(10))
        painter.setFont(font)
        painter.setPen(QColor(theme.on_warn))
        painter.drawText(warn, Qt.AlignmentFlag.AlignCenter, "▲")
