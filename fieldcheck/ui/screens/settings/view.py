"""The sections on the left, the chosen one on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedWidget, QWidget

from fieldcheck.settings import Settings
from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.screens.settings.appearance import AppearancePage
from fieldcheck.ui.screens.settings.choices import ComputingPage, LabellingPage, LanguagePage
from fieldcheck.ui.screens.settings.info_pages import AboutPage, KeysPage, PrivacyPage
from fieldcheck.ui.shell.action_entry import ActionSpec
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_card, make_label, make_row
from fieldcheck.words.language import tr

LIST_WIDTH = 172


class SettingsView(QWidget):
    """`changed(name, value)`: a field of `Settings` was set. `section_chosen(name)`: another section is shown."""

    changed = Signal(str, object)
    section_chosen = Signal(str)

    def __init__(self, look: Theme, entries: tuple[ActionSpec, ...], diagnostics: QAction, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.appearance, self.language, self.labelling = AppearancePage(look), LanguagePage(look), LabellingPage(look)
        self.computing = ComputingPage(look)
        self.about = AboutPage(look, diagnostics, key)
        self.keys = KeysPage(look, entries)
        pages = {
            "appearance": (tr("Appearance"), self.appearance),
            "language": (tr("Language"), self.language),
            "labelling": (tr("Labelling"), self.labelling),
            "computing": (tr("Inference"), self.computing),
            "keys": (tr("Shortcuts"), self.keys),
            "privacy": (tr("Privacy"), PrivacyPage(look)),
            "about": (tr("About"), self.about),
        }
        self.sections = QListWidget()
        self.sections.setAccessibleName(tr("Settings sections"))
        self.sections.setFixedWidth(look.metrics.scale_px(LIST_WIDTH))
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stack = QStackedWidget()
        for name, (title, page) in pages.items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, look.metrics.target + look.metrics.scale_px(4)))
            self.sections.addItem(item)
            frame = make_card(look)
            get_box_layout(frame).addWidget(make_label(title, size="heading"))
            get_box_layout(frame).addWidget(page, 1)
            self.stack.addWidget(frame)
        make_row(look, self.sections, (self.stack, 1), gap=12, on=self)
        for page in (self.appearance, self.language, self.labelling, self.computing):
            page.changed.connect(self.changed)
        self.sections.currentRowChanged.connect(self._on_section_chosen)
        self.sections.setCurrentRow(0)

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        for page in (self.appearance, self.language, self.labelling, self.computing):
            page.show_settings(settings)

    def show_section(self, name: str) -> None:
        """Another section; an unknown name is the first one."""
        names = [self.sections.item(at).data(Qt.ItemDataRole.UserRole) for at in range(self.sections.count())]
        self.sections.setCurrentRow(names.index(name) if name in names else 0)

    def show_providers(self, codes: tuple[str, ...]) -> None:
        """Where models can be computed on this computer, by code."""
        self.computing.show_providers(codes)

    def show_parts(self, parts: list[tuple[str, ...]]) -> None:
        """Name, version and licence of each part that ships."""
        self.about.show_parts(parts)

    def find_field(self, name: str) -> QWidget:
        """The widget of that name, the list of sections where there is none: what takes the focus."""
        return (name and self.stack.findChild(QWidget, name)) or self.sections

    def _on_section_chosen(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self.section_chosen.emit(self.sections.item(at).data(Qt.ItemDataRole.UserRole))
