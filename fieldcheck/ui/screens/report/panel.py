"""The right side: page 1 in short, language and name, and where the report goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.report.sheets import ConfidentErrorSheet
from fieldcheck.ui.screens.report.targets import Target
from fieldcheck.ui.theme.icons import icon
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.choice import Choice
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import card, column, empty, label, plain_tip, row, rule, scrolled
from fieldcheck.ui.widgets.sign import Sign
from fieldcheck.words.language import text

ICONS = {"project": "folder-outline", "drive": "usb-flash-drive-outline", "folder": "folder-open-outline"}
WIDTH, NAMES, ITEM = 364, 104, 46
WORST_FROM = 580  # height of the panel from which on there is room for them
SHORT = 96  # pixels of the verdict and its warnings that are seen at least: the rest is scrolled
WORST_HEIGHT, NOTHING = 48, "–"
LONGEST_NAME = 60


class ReportPanel(QWidget):
    """Shows what it is told; says what was chosen."""

    language_chosen = Signal(str)
    name_given = Signal(str)
    target_chosen = Signal(str)
    open_wanted = Signal()

    def __init__(self, look: Look, choose_folder: KeyButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFixedWidth(look.metrics.px(WIDTH))
        self.choose_folder = choose_folder
        frame = card(look)
        content(frame).setSpacing(look.metrics.px(6))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self._has_worst = self._lacks = False
        above = QWidget()
        inside = column(look, self._short_part(), self._worst_part(), gap=6, on=above)
        inside.addStretch()
        self._above = scrolled(above)
        self._above.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._above.setMinimumHeight(look.metrics.px(SHORT))
        content(frame).addWidget(self._above, 3)
        for part in (rule(), self._field_part(), rule()):
            content(frame).addWidget(part)
        content(frame).addWidget(label(text("Export destination"), bold=True))
        content(frame).addWidget(self._target_part(), 1)
        content(frame).addWidget(self.choose_folder)
        self.written = label(size="caption", tone="quiet", wrap=True)
        self.open_folder = KeyButton(look, text("Open folder"))
        self.open_folder.clicked.connect(self.open_wanted)
        line = row(look, self.written)
        line.addWidget(self.open_folder, 0, Qt.AlignmentFlag.AlignRight)
        content(frame).addLayout(line)
        self.show_written("", "")
        self.show_worst(())

    def show_short(self, verdict: str, sign: str, headline: str, ranges: Sequence[str], missing: Sequence[str]) -> None:
        """Verdict with its shape, the sentence, what its ranges are, and what the report has to say is missing."""
        self.verdict.setText(verdict)
        self.sign.show_kind(sign)
        self.headline.setText(headline)
        self.ranges.setText("\n".join(ranges))
        self.missing.setText("\n".join(f"▲ {said}" for said in missing))
        self._lacks = bool(missing)
        self._fit()
        self.sign.setVisible(bool(sign))
        for widget in (self.verdict, self.headline, self.ranges, self.missing):
            widget.setVisible(bool(widget.text()))

    def show_fields(self, language: str, name: str) -> None:
        """The code of the report's language (empty: the window's), and who labels."""
        self.language.choose(language)
        if self.name.text() != name:
            self.name.setText(name)

    def show_targets(self, targets: Sequence[Target], chosen: str) -> None:
        """The places, one of them chosen by its key."""
        self.targets.blockSignals(True)
        self.targets.clear()
        for target in targets:
            item = QListWidgetItem(self._icon(target.kind), f"{target.name}\n{target.room}")
            item.setData(Qt.ItemDataRole.UserRole, target.key)
            item.setToolTip(plain_tip(str(target.place)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{target.name}, {target.room}, {target.place}")
            item.setSizeHint(QSize(0, max(self._look.metrics.px(ITEM), self._look.metrics.target)))
            self.targets.addItem(item)
            if target.key == chosen:
                self.targets.setCurrentItem(item)
        self.targets.blockSignals(False)

    def show_worst(self, frames: Sequence[ConfidentErrorSheet]) -> None:
        """The first of the worst frames, as many as there is room for."""
        empty(self._worst_row)
        room = self._look.metrics.px(WIDTH) - 2 * self._look.metrics.px(14)
        for frame in frames:
            width = frame.picture.deviceIndependentSize().toSize().width()
            if width > room:
                break
            room -= width + self._worst_row.spacing()
            shown = label()
            shown.setPixmap(QPixmap.fromImage(frame.picture))
            said = text("Label: {truth}. Prediction: {prediction}.").format(
                truth=frame.truth or NOTHING, prediction=frame.prediction or NOTHING
            )
            shown.setToolTip(plain_tip(said))
            shown.setAccessibleName(said)
            self._worst_row.addWidget(shown)
        self._worst_row.addStretch()
        self._has_worst = bool(frames)
        self._fit()

    def show_written(self, said: str, about: str) -> None:
        """When something was written last; its folder can be opened then. `about` says it in full."""
        self.written.setText(said)
        self.written.setToolTip(plain_tip(about))
        self.written.setVisible(bool(said))
        self.open_folder.setVisible(bool(said))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The worst frames, which have a page of their own, go first where there is little room."""
        self._worst.setVisible(self._has_worst and not self._lacks and self.height() >= self._look.metrics.px(WORST_FROM))

    def _worst_part(self) -> QWidget:
        self._worst = QWidget()
        self._worst_row = row(self._look, gap=4)
        column(self._look, label(text("Most confident error"), size="caption", tone="quiet"), self._worst_row, gap=4, on=self._worst)
        return self._worst

    def _short_part(self) -> QWidget:
        self.sign = Sign(self._look)
        self.verdict = label(size="title", wrap=True)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.headline = label(bold=True, wrap=True)
        self.ranges = label(size="caption", tone="quiet", wrap=True)
        self.missing = label(size="caption", tone="warn", wrap=True)
        part = QWidget()
        inside = column(self._look, row(self._look, self.sign, self.verdict), gap=4, on=part)
        for widget in (self.headline, self.ranges, self.missing):
            inside.addWidget(widget)
        return part

    def _field_part(self) -> QWidget:
        choices = [("", text("Same as interface")), ("en", "English"), ("de", "Deutsch")]
        self.language = Choice(self._look, text("Report language"), choices)
        self.language.activated.connect(lambda _at: self.language_chosen.emit(self.language.chosen_code))
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setAccessibleName(text("Annotator name"))
        self.name.editingFinished.connect(lambda: self.name_given.emit(self.name.text().strip()))
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._look.metrics.px(4))
        grid.setColumnStretch(1, 1)
        for at, (said, field) in enumerate(((text("Language"), self.language), (text("Annotator name"), self.name))):
            named = label(said, wrap=True)
            named.setFixedWidth(self._look.metrics.px(NAMES))
            named.setMinimumHeight(named.heightForWidth(self._look.metrics.px(NAMES)))
            named.setBuddy(field)
            field.setMinimumWidth(0)
            grid.addWidget(named, at, 0)
            grid.addWidget(field, at, 1)
        return part

    def _icon(self, kind: str) -> QIcon:
        """The kind of place, in the colour of the text beside it, chosen or not."""
        tokens, name = self._look.tokens, ICONS[kind]
        made = QIcon(icon(name, tokens.text))
        made.addPixmap(icon(name, tokens.on_selection), QIcon.Mode.Selected)
        return made

    def _target_part(self) -> QListWidget:
        self.targets = QListWidget()
        self.targets.setAccessibleName(text("Export folder"))
        self.targets.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.targets.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.targets.setMinimumHeight(max(self._look.metrics.px(ITEM), self._look.metrics.target) + 8)
        self.targets.currentItemChanged.connect(self._target_changed)
        return self.targets

    def _target_changed(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self.target_chosen.emit(item.data(Qt.ItemDataRole.UserRole))
