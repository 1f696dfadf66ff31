"""The right side: page 1 in short, language and name, and where the report goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.screens.report.sheets import ErrorImage
from fieldcheck.ui.screens.report.targets import ExportTarget
from fieldcheck.ui.theme.icons import make_icon
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.choice import ComboBox
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import (
    clear_layout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
    make_scroll_area,
)
from fieldcheck.ui.widgets.sign import VerdictSign
from fieldcheck.words.language import tr

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

    def __init__(self, look: Theme, choose_folder: KeyButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFixedWidth(look.metrics.scale_px(WIDTH))
        self.choose_folder = choose_folder
        frame = make_card(look)
        get_box_layout(frame).setSpacing(look.metrics.scale_px(6))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self._has_worst = self._lacks = False
        above = QWidget()
        inside = make_column(look, self._build_summary_part(), self._build_worst_part(), gap=6, on=above)
        inside.addStretch()
        self._above = make_scroll_area(above)
        self._above.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._above.setMinimumHeight(look.metrics.scale_px(SHORT))
        get_box_layout(frame).addWidget(self._above, 3)
        for part in (make_rule(), self._build_field_part(), make_rule()):
            get_box_layout(frame).addWidget(part)
        get_box_layout(frame).addWidget(make_label(tr("Export destination"), bold=True))
        get_box_layout(frame).addWidget(self._build_target_part(), 1)
        get_box_layout(frame).addWidget(self.choose_folder)
        self.written = make_label(size="caption", tone="quiet", wrap=True)
        self.open_folder = KeyButton(look, tr("Open folder"))
        self.open_folder.clicked.connect(self.open_wanted)
        line = make_row(look, self.written)
        line.addWidget(self.open_folder, 0, Qt.AlignmentFlag.AlignRight)
        get_box_layout(frame).addLayout(line)
        self.show_written("", "")
        self.show_worst(())

    def show_summary(self, verdict: str, sign: str, headline: str, ranges: Sequence[str], missing: Sequence[str]) -> None:
        """Verdict with its shape, the sentence, what its ranges are, and what the report has to say is missing."""
        self.verdict.setText(verdict)
        self.sign.show_kind(sign)
        self.headline.setText(headline)
        self.ranges.setText("\n".join(ranges))
        self.missing.setText("\n".join(f"▲ {said}" for said in missing))
        self._lacks = bool(missing)
        self._update_layout()
        self.sign.setVisible(bool(sign))
        for widget in (self.verdict, self.headline, self.ranges, self.missing):
            widget.setVisible(bool(widget.text()))

    def show_fields(self, language: str, name: str) -> None:
        """The code of the report's language (empty: the window's), and who labels."""
        self.language.select_code(language)
        if self.name.text() != name:
            self.name.setText(name)

    def show_targets(self, targets: Sequence[ExportTarget], chosen: str) -> None:
        """The places, one of them chosen by its key."""
        self.targets.blockSignals(True)
        self.targets.clear()
        for target in targets:
            item = QListWidgetItem(self._make_icon(target.kind), f"{target.name}\n{target.space_text}")
            item.setData(Qt.ItemDataRole.UserRole, target.key)
            item.setToolTip(make_plain_tip(str(target.folder)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{target.name}, {target.space_text}, {target.folder}")
            item.setSizeHint(QSize(0, max(self._look.metrics.scale_px(ITEM), self._look.metrics.target)))
            self.targets.addItem(item)
            if target.key == chosen:
                self.targets.setCurrentItem(item)
        self.targets.blockSignals(False)

    def show_worst(self, frames: Sequence[ErrorImage]) -> None:
        """The first of the worst frames, as many as there is room for."""
        clear_layout(self._worst_row)
        room = self._look.metrics.scale_px(WIDTH) - 2 * self._look.metrics.scale_px(14)
        for frame in frames:
            width = frame.picture.deviceIndependentSize().toSize().width()
            if width > room:
                break
            room -= width + self._worst_row.spacing()
            shown = make_label()
            shown.setPixmap(QPixmap.fromImage(frame.picture))
            said = tr("Label: {truth}. Prediction: {prediction}.").format(
                truth=frame.truth or NOTHING, prediction=frame.prediction or NOTHING
            )
            shown.setToolTip(make_plain_tip(said))
            shown.setAccessibleName(said)
            self._worst_row.addWidget(shown)
        self._worst_row.addStretch()
        self._has_worst = bool(frames)
        self._update_layout()

    def show_written(self, said: str, about: str) -> None:
        """When something was written last; its folder can be opened then. `about` says it in full."""
        self.written.setText(said)
        self.written.setToolTip(make_plain_tip(about))
        self.written.setVisible(bool(said))
        self.open_folder.setVisible(bool(said))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_layout()

    def _update_layout(self) -> None:
        """The worst frames, which have a page of their own, go first where there is little room."""
        self._worst.setVisible(self._has_worst and not self._lacks and self.height() >= self._look.metrics.scale_px(WORST_FROM))

    def _build_worst_part(self) -> QWidget:
        self._worst = QWidget()
        self._worst_row = make_row(self._look, gap=4)
        make_column(
            self._look, make_label(tr("Most confident error"), size="caption", tone="quiet"), self._worst_row, gap=4, on=self._worst
        )
        return self._worst

    def _build_summary_part(self) -> QWidget:
        self.sign = VerdictSign(self._look)
        self.verdict = make_label(size="title", wrap=True)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.headline = make_label(bold=True, wrap=True)
        self.ranges = make_label(size="caption", tone="quiet", wrap=True)
        self.missing = make_label(size="caption", tone="warn", wrap=True)
        part = QWidget()
        inside = make_column(self._look, make_row(self._look, self.sign, self.verdict), gap=4, on=part)
        for widget in (self.headline, self.ranges, self.missing):
            inside.addWidget(widget)
        return part

    def _build_field_part(self) -> QWidget:
        choices = [("", tr("Same as interface")), ("en", "English"), ("de", "Deutsch")]
        self.language = ComboBox(self._look, tr("Report language"), choices)
        self.language.activated.connect(lambda _at: self.language_chosen.emit(self.language.chosen_code))
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setAccessibleName(tr("Annotator name"))
        self.name.editingFinished.connect(lambda: self.name_given.emit(self.name.text().strip()))
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._look.metrics.scale_px(4))
        grid.setColumnStretch(1, 1)
        for at, (said, field) in enumerate(((tr("Language"), self.language), (tr("Annotator name"), self.name))):
            named = make_label(said, wrap=True)
            named.setFixedWidth(self._look.metrics.scale_px(NAMES))
            named.setMinimumHeight(named.heightForWidth(self._look.metrics.scale_px(NAMES)))
            named.setBuddy(field)
            field.setMinimumWidth(0)
            grid.addWidget(named, at, 0)
            grid.addWidget(field, at, 1)
        return part

    def _make_icon(self, kind: str) -> QIcon:
        """The kind of place, in the colour of the text beside it, chosen or not."""
        tokens, name = self._look.tokens, ICONS[kind]
        made = QIcon(make_icon(name, tokens.text))
        made.addPixmap(make_icon(name, tokens.on_selection), QIcon.Mode.Selected)
        return made

    def _build_target_part(self) -> QListWidget:
        self.targets = QListWidget()
        self.targets.setAccessibleName(tr("Export folder"))
        self.targets.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.targets.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.targets.setMinimumHeight(max(self._look.metrics.scale_px(ITEM), self._look.metrics.target) + 8)
        self.targets.currentItemChanged.connect(self._on_target_changed)
        return self.targets

    def _on_target_changed(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self.target_chosen.emit(item.data(Qt.ItemDataRole.UserRole))
