"""The pages of fields: language, labelling, and where models are computed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.domain.provider import CPU
from fieldcheck.settings import Settings
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.choice import Choice
from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text
from fieldcheck.words.providers import provider_name

MOST_MS, STEP_MS = 500, 50
FIELD_WIDTH, NAME_WIDTH = 280, 220
LONGEST_NAME = 60
NATIVE = (("en", "English"), ("de", "Deutsch"))
"""Every language is called as its speakers call it, whatever is spoken now."""


class FieldsPage(QWidget):
    """Rows of a name, its field, and a sentence about it. `changed(name, value)`: a field of `Settings` was set."""

    changed = Signal(str, object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = look.metrics.px
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

    def add(self, name: str, field: QWidget, about: str) -> None:
        """One more row."""
        at = self._grid.rowCount()
        said = label(name, wrap=True)
        said.setBuddy(field)
        said.setFixedWidth(self._grid.columnMinimumWidth(0))
        field.setAccessibleName(name)
        field.setAccessibleDescription(about)
        field.setFixedWidth(self._width)
        self._grid.addWidget(said, at, 0)
        self._grid.addWidget(field, at, 1)
        self._grid.addWidget(label(about, tone="quiet", wrap=True), at + 1, 1, 1, 2)
        self._grid.setRowMinimumHeight(at + 2, self._grid.verticalSpacing() * 4)


class LanguagePage(FieldsPage):
    """The window's language and, apart from it, the report's."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.language = Choice(look, text("Interface language"), [("", text("Same as system")), *NATIVE])
        self.language.setObjectName("language")
        self.report_language = Choice(look, text("Report language"), [("", text("Same as interface")), *NATIVE])
        self.report_language.setObjectName("report_language")
        self.add(self.language.accessibleName(), self.language, text("Takes effect immediately, no restart needed."))
        about = text("Language of exported reports, independent of the interface language.")
        self.add(self.report_language.accessibleName(), self.report_language, about)
        for box in (self.language, self.report_language):
            box.activated.connect(lambda _at, one=box: self.changed.emit(one.objectName(), one.chosen_code))

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        for box in (self.language, self.report_language):
            box.choose(getattr(settings, box.objectName()))


class LabellingPage(FieldsPage):
    """The guard against keys that come too fast, and who labels."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        steps = [(str(ms), text("{n} ms").format(n=ms) if ms else text("off")) for ms in range(0, MOST_MS + 1, STEP_MS)]
        self.too_fast = Choice(look, text("Minimum time per label"), steps)
        self.too_fast.setObjectName("too_fast_ms")
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setObjectName("name")
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        about = text("Key presses sooner than this after a new frame are ignored.")
        self.add(self.too_fast.accessibleName(), self.too_fast, about)
        about = text("Saved with your labels and shown in the report. Initials are sufficient.")
        self.add(text("Annotator name or initials"), self.name, about)
        self.too_fast.activated.connect(lambda _at: self.changed.emit("too_fast_ms", int(self.too_fast.chosen_code)))
        self.name.editingFinished.connect(lambda: self.changed.emit("name", self.name.text().strip()))

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now."""
        self.too_fast.choose(str(min(MOST_MS, max(0, STEP_MS * round(settings.too_fast_ms / STEP_MS)))))
        if self.name.text() != settings.name:
            self.name.setText(settings.name)


class ComputingPage(FieldsPage):
    """Which provider computes, and whether in the background; providers are told later, since looking for them takes a moment."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.provider = Choice(look, text("Execution provider"), [(CPU, provider_name(CPU))])
        self.provider.setObjectName("provider")
        about = text(
            "Other execution providers are used only if they give the same predictions as the CPU on a few test "
            "frames. The report names the provider used."
        )
        self.add(self.provider.accessibleName(), self.provider, about)
        self.background = Choice(look, text("Background processing"), [("on", text("on")), ("", text("off"))])
        self.background.setObjectName("background")
        about = text(
            "Runs the model at low priority while you label, so that the result is ready after the last label. "
            "Predictions stay hidden until a frame is labelled."
        )
        self.add(self.background.accessibleName(), self.background, about)
        self.background.activated.connect(lambda _at: self.changed.emit("background", bool(self.background.chosen_code)))
        self.provider.activated.connect(lambda _at: self.changed.emit("provider", self.provider.chosen_code))

    def show_settings(self, settings: Settings) -> None:
        """Shows the settings as they are now; a provider that is not installed any more stays, and says so."""
        if self.provider.findData(settings.provider) < 0:
            name = text("{name} (not installed)").format(name=provider_name(settings.provider))
            self.provider.addItem(name, settings.provider)
        self.provider.choose(settings.provider)
        self.background.choose("on" if settings.background else "")

    def show_providers(self, codes: tuple[str, ...]) -> None:
        """Those that are installed; what is chosen stays chosen."""
        for code in codes:
            at = self.provider.findData(code)
            if at < 0:
                self.provider.addItem(provider_name(code), code)
            else:
                self.provider.setItemText(at, provider_name(code))
