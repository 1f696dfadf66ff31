"""The pages of fields: language, labelling, and where models are computed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.domain.provider import CPU
from fieldcheck.settings import Settings
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.choice import ComboBox
from fieldcheck.ui.widgets.plain import make_label
from fieldcheck.words.language import tr
from fieldcheck.words.providers import get_provider_name

MOST_MS, STEP_MS = 500, 50
FIELD_WIDTH, NAME_WIDTH = 280, 220
LONGEST_NAME = 60
NATIVE = (("en", "English"), ("de", "Deutsch"))
"""Every language is called as its speakers call it, whatever is spoken now."""


class FieldsPage(QWidget):
    """Rows of a name, its field, and a sentence about it. `changed(name, value)`: a field of `Settings` was set."""

    changed = Signal(str, object)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = look.metrics.scale_px
        self._width = px(FIELD_WIDTH)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(px(12))
        self._grid.setVerticalSpacing(px(4))
        self._grid.setColumnMinimumWidth(0, px(NAME_WIDTH))
        self._grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch()

    def add_row(self, name: str, field: QWidget, about: str) -> None:
        """One more row."""
        at = self._grid.rowCount()
        said = make_label(name, wrap=True)
        said.setBuddy(field)
        said.setFixedWidth(self._grid.columnMinimumWidth(0))
        field.setAccessibleName(name)
        field.setAccessibleDescription(about)
        field.setFixedWidth(self._width)
        self._grid.addWidget(said, at, 0)
        self._grid.addWidget(field, at, 1)
        self._grid.addWidget(make_label(about, tone="quiet", wrap=True), at + 1, 1, 1, 2)
        self._grid.setRowMinimumHeight(at + 2, self._grid.verticalSpacing() * 4)


class LanguagePage(FieldsPage):
    """The window's language and, apart from it, the report's."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.language = ComboBox(look, tr("Interface language"), [("", tr("Same as system")), *NATIVE])
        self.language.setObjectName("language")
        self.report_language = ComboBox(look, tr("Report language"), [("", tr("Same as interface")), *NATIVE])
        self.report_language.setObjectName("report_language")
        self.add_row(self.language.accessibleName(), self.language, tr("Takes effect immediately, no restart needed."))
        about = tr("Language of exported reports, independent of the interface language.")
        self.add_row(self.report_language.accessibleName(), self.report_language, about)
        for box in (self.language, self.report_language):
            box.activated.connect(lambda _at, one=box: self.changed.emit(one.objectName(), one.chosen_code))

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        for box in (self.language, self.report_language):
            box.select_code(getattr(settings, box.objectName()))


class LabellingPage(FieldsPage):
    """The guard against keys that come too fast, and who labels."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        steps = [(str(ms), tr("{n} ms").format(n=ms) if ms else tr("off")) for ms in range(0, MOST_MS + 1, STEP_MS)]
        self.too_fast = ComboBox(look, tr("Minimum time per label"), steps)
        self.too_fast.setObjectName("too_fast_ms")
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setObjectName("name")
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        about = tr("Key presses sooner than this after a new frame are ignored.")
        self.add_row(self.too_fast.accessibleName(), self.too_fast, about)
        about = tr("Saved with your labels and shown in the report. Initials are sufficient.")
        self.add_row(tr("Annotator name or initials"), self.name, about)
        self.too_fast.activated.connect(lambda _at: self.changed.emit("too_fast_ms", int(self.too_fast.chosen_code)))
        self.name.editingFinished.connect(lambda: self.changed.emit("name", self.name.text().strip()))

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        self.too_fast.select_code(str(min(MOST_MS, max(0, STEP_MS * round(settings.too_fast_ms / STEP_MS)))))
        if self.name.text() != settings.name:
            self.name.setText(settings.name)


class ComputingPage(FieldsPage):
    """Which provider computes, and whether in the background; providers are told later, since looking for them takes a moment."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.provider = ComboBox(look, tr("Execution provider"), [(CPU, get_provider_name(CPU))])
        self.provider.setObjectName("provider")
        about = tr(
            "Other execution providers are used only if they give the same predictions as the CPU on a few test "
            "frames. The report names the provider used."
        )
        self.add_row(self.provider.accessibleName(), self.provider, about)
        self.background = ComboBox(look, tr("Background processing"), [("on", tr("on")), ("", tr("off"))])
        self.background.setObjectName("background")
        about = tr(
            "Runs the model at low priority while you label, so that the result is ready after the last label. "
            "Predictions stay hidden until a frame is labelled."
        )
        self.add_row(self.background.accessibleName(), self.background, about)
        self.background.activated.connect(lambda _at: self.changed.emit("background", bool(self.background.chosen_code)))
        self.provider.activated.connect(lambda _at: self.changed.emit("provider", self.provider.chosen_code))

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now; a provider that is not installed any more stays, and says so."""
        if self.provider.findData(settings.provider) < 0:
            name = tr("{name} (not installed)").format(name=get_provider_name(settings.provider))
            self.provider.addItem(name, settings.provider)
        self.provider.select_code(settings.provider)
        self.background.select_code("on" if settings.background else "")

    def show_providers(self, codes: tuple[str, ...]) -> None:
        """Those that are installed; what is chosen stays chosen."""
        for code in codes:
            at = self.provider.findData(code)
            if at < 0:
                self.provider.addItem(get_provider_name(code), code)
            else:
                self.provider.setItemText(at, get_provider_name(code))
