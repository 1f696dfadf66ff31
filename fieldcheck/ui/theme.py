"""The theme: sizes, icons, palette, font, and the style sheet made from them and the colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import Template

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from fieldcheck import paths
from fieldcheck.ui.colours_and_high_contrast import LIGHT, Tokens

# Pixels at 100 %.
CAPTION, BODY, CLASS_NAME, TITLE, NUMBER, VERDICT = 12, 14, 16, 22, 28, 44
RADIUS, CARD_RADIUS = 6, 10
RAIL, RAIL_COMPACT, HEADER, STATUS, SIDE = 172, 56, 48, 28, 16
READABLE = 1400  # most of a page of words
COMPACT_BELOW = 1280  # window width from which on the rail shows names
RAIL_SHARE = 0.16  # of the window's width that a rail with names may take, where text is large
GLOVE = 64  # pixels; a finger in a glove is as large whatever the size of the text
LARGE = 150  # per cent of the usual size; from there on layouts take more lines


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in pixels, grown with the interface size (`percent`) and for gloves."""

    percent: int = 100
    gloves: bool = False

    def scale_px(self, at_100: float) -> int:
        """A size that is `at_100` pixels at 100 %."""
        return max(1, round(at_100 * self.percent / 100))

    @property
    def target(self) -> int:
        """Least height of what can be pressed."""
        return max(self.scale_px(36), GLOVE if self.gloves else 0)

    @property
    def class_row(self) -> int:
        """Height of a class button, outside the compact layout."""
        return max(self.scale_px(44), GLOVE if self.gloves else 0)

    @property
    def chip(self) -> int:
        """Height of a chip that can be pressed."""
        return max(self.scale_px(28), GLOVE if self.gloves else 0)

    @property
    def gap(self) -> int:
        """Between two things that can be pressed."""
        return max(self.scale_px(4), 8 if self.gloves else 0)


# Icons: drawings of ours in `resources/icons`, black in the file and painted in any colour.


def paint_icon(painter: QPainter, name: str, box: QRect, colour: str) -> None:
    """Draws the icon as large as the shorter side of `box`, centred. Raises FileNotFoundError for a
    name that no file has."""
    side = min(box.width(), box.height())
    left, top = box.x() + (box.width() - side) / 2, box.y() + (box.height() - side) / 2
    _load_icon(name, colour).render(painter, QRectF(left, top, side, side))


@cache
def _load_icon(name: str, colour: str) -> QSvgRenderer:
    drawn = paths.get_resource_path(f"icons/{name}.svg").read_text(encoding="ascii")
    return QSvgRenderer(drawn.replace("#000", colour).encode())


def make_icon(name: str, colour: str, pixels: int = 24) -> QPixmap:
    """The icon as a picture for a list or a menu. Raises FileNotFoundError for a name that no file
    has."""
    _load_icon(name, colour)  # an error after the painter began would leave it on no picture
    scale = 2  # sharp also on a screen that shows two pixels for one
    picture = QPixmap(pixels * scale, pixels * scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_icon(painter, name, picture.rect(), colour)
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


# The one style sheet, generated from the tokens. Widgets ask by a property: `textSize`, `tone`,
# `role`, `card`, `surface`, `roomy`.

SHEET = Template("""
QToolTip { color: $text; background: $panel; border: 1px solid $border; padding: 4px; }
QWidget[surface="rail"] { background: $rail; }
QWidget[surface="panel"] { background: $panel; }
QWidget[surface="pressed"] { background: $pressed; }
QFrame[card="true"] { background: $panel; border: 1px solid $hairline;
    border-radius: ${card_radius}px; }
QFrame[rule="true"] { background: $hairline; border: none; max-height: 1px; min-height: 1px; }

QLabel[textSize="caption"] { font-size: ${caption}px; }
QLabel[textSize="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[textSize="heading"] { font-size: ${heading}px; font-weight: 600; }
QLabel[textSize="number"] { font-size: ${number}px; font-weight: 600; }
QLabel[textSize="verdict"] { font-size: ${verdict}px; font-weight: 700; }
QLabel[weight="bold"] { font-weight: 600; }
QLabel[tone="quiet"] { color: $text2; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warn"] { color: $warn_text; }
QLabel[tone="alarm"] { color: $alarm; }
QLabel[tone="ok"] { color: $ok; }

/* one button is filled; the others have no edge until they are touched, so that nothing moves */
QPushButton, QToolButton {
    padding: 0 ${pad}px; color: $text; background: transparent; font-weight: 600;
    border: 1px solid $quiet_edge; border-radius: ${radius}px; }
QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit {
    padding: 0 ${pad}px; color: $text; background: $panel;
    border: 1px solid $border; border-radius: ${radius}px; selection-background-color: $selection;
    selection-color: $on_selection; }
/* buttons of the program ask for the height of their own lines */
.QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit {
    min-height: ${inner}px; }
QPushButton:hover, QToolButton:hover { background: $hover; border-color: $hover_edge; }
QComboBox:hover, QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover { border-color: $accent; }
QPushButton:pressed, QToolButton:pressed { background: $pressed; }
QPushButton:checked, QToolButton:checked { background: $selection; color: $on_selection; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled, QLineEdit:disabled,
    QSpinBox:disabled, QDoubleSpinBox:disabled { color: $disabled; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus,
    QDoubleSpinBox:focus, QDateTimeEdit:focus { border-color: $focus; }
QDialog QPushButton { background: $pressed; }
QDialog QPushButton:focus { border: 2px solid $focus; }
QPushButton[role="soft"] { background: $hover; }
QPushButton[role="soft"]:hover { background: $pressed; }
QPushButton[role="link"] { color: $accent; }
QPushButton[role="link"]:hover { background: transparent; }
QPushButton[role="inverse"]:hover, QPushButton[role="inverse"]:pressed { background: $text2; }
QPushButton[role="tab"], QPushButton[role="tab"]:checked { background: transparent;
    border: 1px solid transparent; }
QPushButton[role="primary"] { color: $on_accent; background: $accent; border-color: $accent; }
QDialog QPushButton:default { color: $on_accent; background: $accent; }
QDialog QPushButton:default:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { color: $disabled; background: $pressed;
    border-color: $quiet_edge; }
QPushButton[role="alarm"] { color: $on_alarm; background: $alarm; border-color: $alarm; }
QPushButton[role="alarm"]:disabled { color: $disabled; background: $pressed;
    border-color: $quiet_edge; }
.QPushButton[role="status"] { min-height: 0; padding: 0 6px; color: $text2; border: none;
    font-size: ${caption}px; font-weight: 400; }
.QPushButton[role="status"][tone="alarm"] { color: $alarm; font-weight: 600; }
QPushButton[role="chip"]:!checked:!hover { background: $hover; }
QPushButton[role="chip"] { padding: 0 10px; border-radius: ${chip_radius}px; font-weight: 500; }

QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { width: ${drop}px; border: none; }
QComboBox QAbstractItemView { background: $panel; color: $text; border: 1px solid $border;
    selection-background-color: $selection; selection-color: $on_selection; outline: none; }
QPlainTextEdit, QListView, QTableView, QTreeView { color: $text; background: $panel;
    border: 1px solid $hairline; border-radius: ${radius}px;
    selection-background-color: $selection; selection-color: $on_selection; outline: none; }
QPlainTextEdit { border-color: $border; }
QFrame[card="true"] QListView, QFrame[card="true"] QTableView, QFrame[card="true"] QTreeView {
    border-color: $panel; }
QAbstractItemView[bare="true"], QFrame[card="true"] QAbstractItemView[bare="true"] {
    border: none; background: transparent; }
QTableView[bare="true"] QHeaderView::section { padding: 4px 5px; font-weight: 500; }
QTableView[bare="true"] QHeaderView, QTableView[bare="true"] QTableCornerButton::section {
    border: none; background: transparent; }
QListView::item { padding: ${item}px 4px; }
QTreeView::item { border: none; }
QTreeView::item:hover { background: $hover; }
QTreeView::item:selected { color: $on_selection; background: $selection; }
QListView[nav="true"] { border: none; background: transparent; }
QListView[nav="true"]::item { padding: ${item}px ${pad}px; border-radius: ${radius}px; }
QListView[nav="true"]::item:hover:!selected { background: $hover; }
QListView[nav="true"]::item:selected { background: $selection; color: $on_selection; }
QTableView { gridline-color: $hairline; }
QTableView[roomy="true"]::item { padding: 0 5px; }
QHeaderView::section { color: $text2; background: $panel; border: none;
    border-bottom: 1px solid $hairline; padding: 4px 8px;
    font-weight: 600; }
QTableCornerButton::section { background: $panel; border: none;
    border-bottom: 1px solid $hairline; }
QCheckBox, QRadioButton { min-height: ${check}px; spacing: 8px; border: 3px solid transparent; }

QProgressBar { min-height: 4px; max-height: 4px; border: none; border-radius: 2px;
    background: $pressed; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QSlider:horizontal { min-height: ${target}px; }
QSlider::groove:horizontal { height: 6px; background: $border; border-radius: 3px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 3px; }
QSlider::handle:horizontal { width: 22px; height: 22px; margin: -10px 0; border: 2px solid $accent;
    border-radius: 13px;
    background: $panel; }

QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { width: 14px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 14px; background: transparent; margin: 0; }
QScrollBar::handle { background: $edge; border-radius: 4px; min-height: 32px; min-width: 32px;
    margin: 3px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { color: $text; background: $panel; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px; }
QMenu::item:selected { color: $on_selection; background: $selection; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $hairline; margin: 4px 8px; }
QFrame[banner="warn"] { background: $warn_soft; border: 1px solid $warn; }
QFrame[banner="alarm"] { background: $alarm_soft; border: 1px solid $alarm; }
QFrame[banner="info"] { background: $panel; border: 1px solid $accent; }
QFrame[banner] { border-radius: ${radius}px; }
QFrame[toast="true"] { background: $text; border: 1px solid $panel;
    border-radius: ${card_radius}px; }
QFrame[toast="true"] QLabel { color: $panel; }
QFrame[popover="true"] { background: $panel; border: 1px solid $border;
    border-radius: ${card_radius}px; }
""")


def build_style_sheet(tokens: Tokens, metrics: Metrics) -> str:
    """The whole sheet for a theme and a size."""
    colours = {
        name: getattr(tokens, name)
        for name in Tokens.__dataclass_fields__
        if isinstance(getattr(tokens, name), str)
    }
    sizes = {
        "caption": metrics.scale_px(CAPTION),
        "title": metrics.scale_px(TITLE),
        "heading": metrics.scale_px(CLASS_NAME),
        "number": metrics.scale_px(NUMBER),
        "verdict": metrics.scale_px(VERDICT),
        "target": metrics.target,
        "inner": metrics.target - 2,
        "pad": metrics.scale_px(12),
        "radius": metrics.scale_px(RADIUS),
        "card_radius": metrics.scale_px(CARD_RADIUS),
        "chip_radius": metrics.chip // 2,
        "drop": metrics.scale_px(24),
        "item": metrics.scale_px(14 if metrics.gloves else 5),
        "check": metrics.target - 6 if metrics.gloves else metrics.scale_px(24),
    }
    edges = {
        "quiet_edge": tokens.border if has_edges(tokens, metrics) else "transparent",
        "hover_edge": tokens.accent if has_edges(tokens, metrics) else "transparent",
    }
    return SHEET.substitute(colours | edges | {name: str(size) for name, size in sizes.items()})


def has_edges(tokens: Tokens, metrics: Metrics) -> bool:
    """Whether every button has an outline, also while it is not touched."""
    return metrics.gloves or tokens.name.startswith("hc")


Role, Group = QPalette.ColorRole, QPalette.ColorGroup


class Theme:
    """Look handed to every widget that paints itself: the theme's tokens and the sizes."""

    __slots__ = ("metrics", "tokens")

    def __init__(self, tokens: Tokens = LIGHT, metrics: Metrics | None = None) -> None:
        self.tokens, self.metrics = tokens, metrics or Metrics()

    def make_font(self, font: QFont, size: float, bold: bool = False) -> QFont:
        """The font of a widget in another `size`, in pixels at 100 %."""
        sized = QFont(font)
        sized.setPixelSize(self.metrics.scale_px(size))
        sized.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return sized


def apply_theme(app: QApplication, theme: Theme) -> None:
    """From now on the application looks like this. Where it does already nothing is done: every
    widget there is would be polished anew."""
    tokens, metrics = theme.tokens, theme.metrics
    wanted = build_style_sheet(tokens, metrics)
    if app.styleSheet() == wanted:
        return
    app.setPalette(make_palette(tokens))
    font = QFont(load_font_families())
    font.setPixelSize(metrics.scale_px(BODY))
    app.setFont(font)
    app.setStyleSheet(wanted)


def make_tabular_font(font: QFont) -> QFont:
    """The font with figures of one width, for numbers below each other or that count up. In a
    sentence they would tear hyphens apart."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def has_animations(app: QApplication) -> bool:
    """Whether something may move: not where the system asks for less motion."""
    hints = app.styleHints()
    return not is_reduced_motion(hints.accessibility() if hasattr(hints, "accessibility") else None)


def is_reduced_motion(accessibility: object) -> bool:
    """Whether these hints ask for less motion. A Qt that does not know of it – before 6.12 – asks
    for nothing."""
    preference = getattr(accessibility, "motionPreference", None)
    return preference is not None and "Reduced" in str(preference())


@cache
def load_font_families() -> tuple[str, ...]:
    """The shipped families: Inter, and DejaVu Sans for letters that it has not. With them a text is
    as wide on every machine as in the tests."""
    return tuple(_load_font_files(files) for files in FONT_FILES)


FONT_FILES = (
    ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf"),
    ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf"),
)


def _load_font_files(files: tuple[str, ...]) -> str:
    for file in files:
        number = QFontDatabase.addApplicationFont(str(paths.get_resource_path(f"fonts/{file}")))
    return QFontDatabase.applicationFontFamilies(number)[0]


def make_palette(tokens: Tokens) -> QPalette:
    """Every role that Fusion paints with."""
    palette = QPalette()
    roles = {
        Role.Window: tokens.window,
        Role.WindowText: tokens.text,
        Role.Base: tokens.panel,
        Role.AlternateBase: tokens.window,
        Role.Text: tokens.text,
        Role.Button: tokens.panel,
        Role.ButtonText: tokens.text,
        Role.BrightText: tokens.on_alarm,
        Role.Highlight: tokens.selection,
        Role.HighlightedText: tokens.on_selection,
        Role.Link: tokens.accent,
        Role.ToolTipBase: tokens.panel,
        Role.ToolTipText: tokens.text,
        Role.PlaceholderText: tokens.text2,
        Role.Mid: tokens.border,
        Role.Dark: tokens.border,
        Role.Light: tokens.panel,
        Role.Midlight: tokens.window,
        Role.Shadow: tokens.border,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        palette.setColor(Group.Disabled, role, QColor(tokens.disabled))
    return palette
