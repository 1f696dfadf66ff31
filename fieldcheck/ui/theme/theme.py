"""One theme put on: palette, font and one style sheet, all made from the tokens. Its style, Fusion, is an argument of the application."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from fieldcheck import resources
from fieldcheck.ui.theme import style_sheet as sheet
from fieldcheck.ui.theme.tokens import BODY, DARK, HC_DARK, HC_LIGHT, LIGHT, THEMES, Metrics, Tokens

Role, Group = QPalette.ColorRole, QPalette.ColorGroup


class Theme:
    """Look handed to every widget that paints itself: the theme's tokens and the sizes."""

    __slots__ = ("metrics", "tokens")

    def __init__(self, tokens: Tokens = LIGHT, metrics: Metrics | None = None) -> None:
        self.tokens, self.metrics = tokens, metrics or Metrics()

    def make_font(self, font: QFont, size: float, bold: bool = False) -> QFont:
        """The font of a widget in another `size`, in pixels at 100 %."""
        made = QFont(font)
        made.setPixelSize(self.metrics.scale_px(size))
        made.setBold(bold)
        return made


def apply_theme(app: QApplication, look: Theme) -> None:
    """From now on the application looks like this. Where it does already nothing is done: every widget there is would be polished anew."""
    tokens, metrics = look.tokens, look.metrics
    wanted = sheet.build_style_sheet(tokens, metrics)
    if app.styleSheet() == wanted:
        return
    app.setPalette(make_palette(tokens))
    font = QFont(load_font_family())
    font.setPixelSize(metrics.scale_px(BODY))
    font.setFeature(QFont.Tag("tnum"), 1)  # figures of one width, so that a counting number does not jump
    app.setFont(font)
    app.setStyleSheet(wanted)


def get_system_tokens(app: QApplication) -> Tokens:
    """The theme that the system asks for."""
    # Each object in a variable of its own: in one chain the middle ones are deleted before they are asked.
    hints = app.styleHints()
    dark = hints.colorScheme() == Qt.ColorScheme.Dark
    accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
    if accessibility is not None and accessibility.contrastPreference() == Qt.ContrastPreference.HighContrast:
        return HC_DARK if dark else HC_LIGHT
    return DARK if dark else LIGHT


def has_animations(app: QApplication) -> bool:
    """Whether something may move: not where the system asks for less motion."""
    hints = app.styleHints()
    return not is_reduced_motion(hints.accessibility() if hasattr(hints, "accessibility") else None)


def is_reduced_motion(accessibility: object) -> bool:
    """Whether these hints ask for less motion. A Qt that does not know of it – before 6.12 – asks for nothing."""
    asked = getattr(accessibility, "motionPreference", None)
    return asked is not None and "Reduced" in str(asked())


def get_tokens(app: QApplication, name: str) -> Tokens:
    """The theme of that name; the system's for an empty or unknown one."""
    return THEMES.get(name) or get_system_tokens(app)


@cache
def load_font_family() -> str:
    """The family of the shipped font. With it a text is as wide on every machine as in the tests."""
    for file in ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf"):
        number = QFontDatabase.addApplicationFont(str(resources.get_resource_path(f"fonts/{file}")))
    return QFontDatabase.applicationFontFamilies(number)[0]


def make_palette(tokens: Tokens) -> QPalette:
    """Every role that Fusion paints with."""
    made = QPalette()
    roles = {
        Role.Window: tokens.window, Role.WindowText: tokens.text, Role.Base: tokens.panel, Role.AlternateBase: tokens.window,
        Role.Text: tokens.text, Role.Button: tokens.panel, Role.ButtonText: tokens.text, Role.BrightText: tokens.on_alarm,
        Role.Highlight: tokens.selection, Role.HighlightedText: tokens.on_selection, Role.Link: tokens.accent,
        Role.ToolTipBase: tokens.panel, Role.ToolTipText: tokens.text, Role.PlaceholderText: tokens.text2,
        Role.Mid: tokens.border, Role.Dark: tokens.border, Role.Light: tokens.panel, Role.Midlight: tokens.window,
        Role.Shadow: tokens.border,
    }  # fmt: skip
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        made.setColor(Group.Disabled, role, QColor(tokens.disabled))
    return made
