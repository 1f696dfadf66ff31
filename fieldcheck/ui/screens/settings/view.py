"""View of the Settings screen: list of sections, and the pages for appearance, language, labelling
and execution providers."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.run import CPU
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.models.messages import get_provider_name
from fieldcheck.settings import Settings
from fieldcheck.ui.colours_and_high_contrast import DARK, LIGHT, THEMES, Tokens
from fieldcheck.ui.context import SIZES
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screen import ActionSpec
from fieldcheck.ui.screens import get_screen_name, list_actions
from fieldcheck.ui.screens.settings.information_pages import (
    AboutPage,
    KeysPage,
    PrivacyPage,
    UpdatePage,
)
from fieldcheck.ui.theme import LARGE, Theme
from fieldcheck.ui.widgets.buttons import ClickedByToggle, KeyButton
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    make_card,
    make_column,
    make_label,
    make_row,
    make_scroll_area,
)

# Appearance: theme, interface size, gloves.

SYSTEM = ""
PICTURE, NAME_LINES, LEAST_WIDTH = 72, 2, 96
SAMPLE_SCORE = 0.971


class AppearancePage(QWidget):
    """`changed(name, value)`: a field of `Settings` was set."""

    changed = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        inside = make_column(
            theme, make_label(tr("Theme"), bold=True), self._build_theme_tiles(), parent=self
        )
        inside.addSpacing(theme.metrics.scale_px(8))
        inside.addWidget(make_label(tr("Interface size"), bold=True))
        inside.addLayout(self._build_size_row())
        shown = {entry.id: entry.shown_key for entry in list_actions()}
        keys = {
            "larger": shown["larger"],
            "smaller": shown["smaller"],
            "usual": shown["usual_size"],
        }
        by_key = tr(
            "Press {larger} or {smaller} on any screen to change the size, {usual} to reset "
            "to 100%.",
            **keys,
        )
        inside.addWidget(make_label(by_key, tone="quiet", wrap=True))
        inside.addSpacing(theme.metrics.scale_px(8))
        inside.addWidget(make_label(tr("Hands"), bold=True))
        inside.addLayout(self._build_hands_row(shown["gloves"]))
        by_key = tr("Gloves: larger controls with more spacing. {key} switches on any screen.")
        inside.addWidget(make_label(by_key.format(key=shown["gloves"]), tone="quiet", wrap=True))
        inside.addStretch()

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        self.themes[settings.theme if settings.theme in self.themes else SYSTEM].setChecked(True)
        if settings.size in self.sizes:
            self.sizes[settings.size].setChecked(True)
        self.hands[settings.gloves].setChecked(True)

    def _build_theme_tiles(self) -> FlowLayout:
        names = {
            SYSTEM: tr("Same as system"),
            "light": tr("Light theme"),
            "dark": tr("Dark theme"),
            "hc_dark": tr("High contrast, dark"),
            "hc_light": tr("High contrast, light"),
        }
        drawn = {SYSTEM: (LIGHT, DARK), **{name: (tokens,) for name, tokens in THEMES.items()}}
        self.themes = {
            name: ThemeTile(self._theme, text, drawn[name]) for name, text in names.items()
        }
        self._theme_group = QButtonGroup(self)
        for name, tile in self.themes.items():
            tile.setObjectName(f"theme.{name}")
            self._theme_group.addButton(tile)
            tile.clicked.connect(partial(self.changed.emit, "theme", name))
        tiles = FlowLayout(self._theme.metrics.scale_px(12))
        for tile in self.themes.values():
            tiles.addWidget(tile)
        return tiles

    def _build_size_row(self) -> QHBoxLayout:
        self.sizes = {size: KeyButton(self._theme, format_percent(size / 100)) for size in SIZES}
        self._size_group = QButtonGroup(self)
        for size, button in self.sizes.items():
            button.setObjectName(f"size.{size}")
            button.setProperty("role", "chip")
            button.setCheckable(True)
            button.setAccessibleName(tr("Interface size {size}", size=format_percent(size / 100)))
            self._size_group.addButton(button)
            button.clicked.connect(partial(self.changed.emit, "size", size))
        row = make_row(self._theme, *self.sizes.values())
        row.addStretch()
        return row

    def _build_hands_row(self, key: str) -> QHBoxLayout:
        """Bare hands or gloves; the key stands on the one that it leads to."""
        worn = self._theme.metrics.gloves
        self.hands = {
            gloves: KeyButton(self._theme, name, key if gloves != worn else "")
            for gloves, name in ((False, tr("Bare hands")), (True, tr("Gloves")))
        }
        self._hands_group = QButtonGroup(self)
        for gloves, button in self.hands.items():
            button.setObjectName("hands.gloves" if gloves else "hands.bare")
            button.setProperty("role", "chip")
            button.setCheckable(True)
            self._hands_group.addButton(button)
            button.clicked.connect(partial(self.changed.emit, "gloves", gloves))
        row = make_row(self._theme, *self.hands.values())
        row.addStretch()
        return row


class ThemeTile(ClickedByToggle, QAbstractButton):
    """One theme to choose, with its name below. Two themes stand side by side in one picture:
    whichever the system asks for."""

    def __init__(self, theme: Theme, name: str, themes: tuple[Tokens, ...]) -> None:
        super().__init__()
        self._theme, self._name, self._themes = theme, name, themes
        self.setCheckable(True)
        self.setText(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        px = self._theme.metrics.scale_px
        return QSize(
            px(148), px(PICTURE) + px(8) + NAME_LINES * QFontMetrics(self.font()).height() + px(4)
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(LEAST_WIDTH), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, tokens = self._theme.metrics.scale_px, self._theme.tokens
        picture = QRect(3, 3, self.width() - 6, px(PICTURE) - 6)
        for index, theme in enumerate(self._themes):
            left = picture.left() + index * picture.width() // len(self._themes)
            right = picture.left() + (index + 1) * picture.width() // len(self._themes)
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
        text = f"● {self._name}" if self.isChecked() else self._name
        painter.drawText(
            name.adjusted(px(4), 0, -px(4), 0),
            Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop,
            text,
        )
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _paint_window(self, painter: QPainter, picture: QRect, theme: Tokens) -> None:
        """Rail, panel, text, a button and a warning, as they look in `theme`."""
        px = self._theme.metrics.scale_px
        painter.fillRect(picture, QColor(theme.window))
        painter.fillRect(
            QRect(picture.left(), picture.top(), px(16), picture.height()), QColor(theme.rail)
        )
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


# The pages of fields: language, labelling, and where models are computed.

MOST_MS, STEP_MS = 500, 50
FIELD_WIDTH, NAME_WIDTH = 280, 220
LONGEST_NAME = 60
NATIVE = (("en", "English"), ("de", "Deutsch"))
"""Every language is called as its speakers call it, whatever is spoken now."""


class FieldsPage(QWidget):
    """Rows of a name, its field beside it, in large text below it, and a sentence about it.
    `changed(name, value)`: a field of `Settings` was set."""

    changed = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        px = theme.metrics.scale_px
        self._width = px(FIELD_WIDTH)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(4))
        self._name_width = px(NAME_WIDTH) if theme.metrics.percent < LARGE else 0
        self._grid.setColumnMinimumWidth(0, self._name_width)
        self._grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch()

    def add_row(self, name: str, field: QWidget, about: str) -> None:
        """One more row."""
        index = self._grid.rowCount()
        label = make_label(name, wrap=True)
        label.setBuddy(field)
        field.setAccessibleName(name)
        field.setAccessibleDescription(about)
        field.setFixedWidth(self._width)
        if self._name_width:
            label.setFixedWidth(self._name_width)
            self._grid.addWidget(label, index, 0)
        else:
            self._grid.addWidget(label, index, 1, 1, 2)
            index += 1
        self._grid.addWidget(field, index, 1)
        self._grid.addWidget(make_label(about, tone="quiet", wrap=True), index + 1, 1, 1, 2)
        self._grid.setRowMinimumHeight(index + 2, self._grid.verticalSpacing() * 4)


class LanguagePage(FieldsPage):
    """The window's language and, apart from it, the report's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.language = ComboBox(
            theme, tr("Interface language"), [("", tr("Same as system")), *NATIVE]
        )
        self.language.setObjectName("language")
        self.report_language = ComboBox(
            theme, tr("Report language"), [("", tr("Same as interface")), *NATIVE]
        )
        self.report_language.setObjectName("report_language")
        self.add_row(
            self.language.accessibleName(),
            self.language,
            tr("Takes effect immediately, no restart needed."),
        )
        about = tr("Language of exported reports, independent of the interface language.")
        self.add_row(self.report_language.accessibleName(), self.report_language, about)
        for box in (self.language, self.report_language):
            box.activated.connect(
                lambda _index, combo_box=box: self.changed.emit(
                    combo_box.objectName(), combo_box.chosen_code
                )
            )

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        for box in (self.language, self.report_language):
            box.select_code(getattr(settings, box.objectName()))


class LabellingPage(FieldsPage):
    """The guard against keys that come too fast, and who labels."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        steps = [
            (str(ms), tr("{n} ms", n=ms) if ms else tr("off"))
            for ms in range(0, MOST_MS + 1, STEP_MS)
        ]
        self.too_fast = ComboBox(theme, tr("Minimum time per label"), steps)
        self.too_fast.setObjectName("too_fast_ms")
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setObjectName("name")
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        about = tr("Key presses within this time after a new frame are ignored.")
        self.add_row(self.too_fast.accessibleName(), self.too_fast, about)
        about = tr("Saved with your labels and shown in the report. Initials are sufficient.")
        self.add_row(tr("Annotator name or initials"), self.name, about)
        self.too_fast.activated.connect(
            lambda _index: self.changed.emit("too_fast_ms", int(self.too_fast.chosen_code))
        )
        self.name.editingFinished.connect(
            lambda: self.changed.emit("name", self.name.text().strip())
        )

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        self.too_fast.select_code(
            str(min(MOST_MS, max(0, STEP_MS * round(settings.too_fast_ms / STEP_MS))))
        )
        if self.name.text() != settings.name:
            self.name.setText(settings.name)


class ComputingPage(FieldsPage):
    """Which provider computes, and whether in the background; providers are told later, since
    looking for them takes a moment."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.provider = ComboBox(theme, tr("Execution provider"), [(CPU, get_provider_name(CPU))])
        self.provider.setObjectName("provider")
        about = tr(
            "Other execution providers are used only if they give the same predictions as the "
            "CPU on a few test "
            "frames. The report names the provider used."
        )
        self.add_row(self.provider.accessibleName(), self.provider, about)
        self.background = ComboBox(
            theme, tr("Background processing"), [("on", tr("on")), ("", tr("off"))]
        )
        self.background.setObjectName("background")
        about = tr(
            "Runs the model at low priority while you label, so that the result is ready "
            "after the last label. "
            "Predictions stay hidden until a frame is labelled."
        )
        self.add_row(self.background.accessibleName(), self.background, about)
        self.background.activated.connect(
            lambda _index: self.changed.emit("background", bool(self.background.chosen_code))
        )
        self.provider.activated.connect(
            lambda _index: self.changed.emit("provider", self.provider.chosen_code)
        )

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now; a provider that is not installed any more stays, and
        says so."""
        if self.provider.findData(settings.provider) < 0:
            name = tr("{name} (not installed)", name=get_provider_name(settings.provider))
            self.provider.addItem(name, settings.provider)
        self.provider.select_code(settings.provider)
        self.background.select_code("on" if settings.background else "")

    def show_providers(self, codes: tuple[str, ...]) -> None:
        """Those that are installed; what is chosen stays chosen."""
        for code in codes:
            index = self.provider.findData(code)
            if index < 0:
                self.provider.addItem(get_provider_name(code), code)
            else:
                self.provider.setItemText(index, get_provider_name(code))


class CapturePage(FieldsPage):
    """What happens while a camera records."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.sound = ComboBox(
            theme, tr("Sound on camera outage"), [("", tr("off")), ("on", tr("on"))]
        )
        self.sound.setObjectName("outage_sound")
        about = tr("The alert sound of the computer, once each time a camera stops sending images.")
        self.add_row(self.sound.accessibleName(), self.sound, about)
        self.sound.activated.connect(
            lambda _index: self.changed.emit("outage_sound", bool(self.sound.chosen_code))
        )

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        self.sound.select_code("on" if settings.outage_sound else "")


LIST_WIDTH = 172
TABLE_HEIGHT = 320  # pixels at 100 % of a page with a long table, which scrolls by itself
ANCHOR = 40  # a section is the current one from so many pixels below the upper edge on


class SettingsView(QWidget):
    """All sections one below the other, and their list, which leads to them. `changed(name,
    value)`: a field of `Settings` was set. `section_chosen(name)`: another section is looked at;
    `section_seen(name)`: some of it came into view."""

    changed = Signal(str, object)
    section_chosen = Signal(str)
    section_seen = Signal(str)

    def __init__(
        self, theme: Theme, entries: tuple[ActionSpec, ...], diagnostics: QAction, key: str
    ) -> None:
        super().__init__()
        self.appearance, self.language, self.labelling = (
            AppearancePage(theme),
            LanguagePage(theme),
            LabellingPage(theme),
        )
        self.capture, self.computing = CapturePage(theme), ComputingPage(theme)
        self.about = AboutPage(theme, diagnostics, key)
        self.keys, self.update_page = KeysPage(theme, entries), UpdatePage(theme)
        pages = {
            "appearance": (tr("Appearance"), self.appearance),
            "language": (tr("Language"), self.language),
            "capture": (get_screen_name("capture"), self.capture),
            "labelling": (tr("Labelling"), self.labelling),
            "computing": (tr("Inference"), self.computing),
            "keys": (tr("Shortcuts"), self.keys),
            "privacy": (tr("Privacy"), PrivacyPage(theme)),
            "update": (tr("Update"), self.update_page),
            "about": (tr("About"), self.about),
        }
        self.sections = QListWidget()
        self.sections.setProperty("nav", True)
        self.sections.setAccessibleName(tr("Settings sections"))
        self.sections.setFixedWidth(theme.metrics.scale_px(LIST_WIDTH))
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cards: dict[str, QWidget] = {}
        self.page = QWidget()
        column = make_column(theme, gap=16, parent=self.page)
        for tall in (self.keys, self.about):
            tall.setFixedHeight(theme.metrics.scale_px(TABLE_HEIGHT))
        for name, (title, page) in pages.items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, theme.metrics.target + theme.metrics.scale_px(4)))
            self.sections.addItem(item)
            frame = make_card(theme)
            pad = theme.metrics.scale_px(16)
            get_box_layout(frame).setContentsMargins(pad, pad, pad, pad)
            get_box_layout(frame).addWidget(make_label(title, size="heading"))
            get_box_layout(frame).addWidget(page, 1)
            column.addWidget(frame)
            self.cards[name] = frame
        self.area = make_scroll_area(self.page)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._leading = False  # the list leads to a section: scrolling chooses none
        make_row(theme, self.sections, (self.area, 1), gap=12, parent=self)
        first = self.appearance, self.language, self.capture
        self._fields = (*first, self.labelling, self.computing)
        for fields in self._fields:
            fields.changed.connect(self.changed)
        self.sections.currentRowChanged.connect(self._on_section_chosen)
        self.sections.setCurrentRow(0)

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        for fields in self._fields:
            fields.show_settings(settings)

    def show_section(self, name: str) -> None:
        """Leads to another section; an unknown name is the first one."""
        names = list(self.cards)
        row = names.index(name) if name in names else 0
        self.sections.setCurrentRow(row)
        self._lead_to(names[row])

    def show_providers(self, codes: tuple[str, ...]) -> None:
        """Where models can be computed on this computer, by code."""
        self.computing.show_providers(codes)

    def show_parts(self, parts: list[tuple[str, ...]]) -> None:
        """Name, version and licence of each part that ships."""
        self.about.show_parts(parts)

    def find_field(self, name: str) -> QWidget:
        """The widget of that name, the list of sections where there is none: what takes the
        focus."""
        return (name and self.page.findChild(QWidget, name)) or self.sections

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The section that is looked at stays where it is."""
        super().resizeEvent(event)
        names, row = list(self.cards), max(0, self.sections.currentRow())
        QTimer.singleShot(0, self, lambda: self._lead_to(names[row]))

    def _on_section_chosen(self, index: int) -> None:
        name = list(self.cards)[index]
        if not self._leading:
            self._lead_to(name)
        self.section_chosen.emit(name)

    def _lead_to(self, name: str) -> None:
        """The upper edge of a section at that of the page, as far as the page goes."""
        self._leading = True
        self.area.verticalScrollBar().setValue(self.cards[name].y())
        self._leading = False
        self._report_seen()

    def _on_scrolled(self, value: int) -> None:
        """Another section has come to the upper edge."""
        self._report_seen()
        if self._leading:
            return
        edge = value + ANCHOR
        names = [name for name, card in self.cards.items() if card.y() <= edge]
        self._leading = True
        self.sections.setCurrentRow(max(0, len(names) - 1))
        self._leading = False

    def _report_seen(self) -> None:
        shown = self.area.viewport().rect().translated(0, self.area.verticalScrollBar().value())
        for name, card in self.cards.items():
            if self.isVisible() and shown.intersects(card.geometry()):
                self.section_seen.emit(name)
