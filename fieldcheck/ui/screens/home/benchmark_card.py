"""The card of the benchmark: its score on this computer, where it lies, what was claimed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fieldcheck.ui.given import content
from fieldcheck.ui.screens.home.facts import FactsGrid, FormField
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text


class BenchmarkCard(QFrame):
    """What is known of the benchmark, or that there is none. `saved` carries the claimed score as it was typed."""

    saved = Signal(str)
    cancelled = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("card", True)
        pad = look.metrics.px(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(look.metrics.px(6))
        self.choose = KeyButton(look, text("Choose…"), actions.key("project.set_benchmark"))
        self.choose.triggers(actions.get("project.set_benchmark"))
        head = QHBoxLayout()
        head.addWidget(label(text("Benchmark"), size="heading", wrap=True), 1)
        self.claim = KeyButton(look, text("Claim"), actions.key("project.edit_claim"))
        self.claim.triggers(actions.get("project.edit_claim"))
        head.addWidget(self.choose)
        column.addLayout(head)
        self._wrong = label(tone="warn", wrap=True)
        self._wrong.setVisible(False)
        self._missing = label(text("No benchmark yet: the labelled set that the model's score was claimed on."), tone="quiet", wrap=True)
        self._known = self._facts_part(look)
        self._edited = self._editing()
        self._edited.setVisible(False)
        for part in (self._wrong, self._missing, self._known, self._edited):
            column.addWidget(part)
        column.addStretch()

    def set_compact(self, compact: bool) -> None:
        """Less padding where there is little room."""
        pad = self._look.metrics.px(8 if compact else 12)
        content(self).setContentsMargins(pad, pad, pad, pad)

    def show_benchmark(self, score: tuple[str, str, str], source: str, claimed: str) -> None:
        """Figure, what it counts and its range; where the set lies; what was claimed. An empty `source`: there is none."""
        self._missing.setVisible(not source)
        self._known.setVisible(bool(source))
        figure, what, spread = score
        self._score.setText(figure)
        self._what.setText(what)
        self._range.setText(spread)
        self._facts.show_values(source, claimed)

    def begin(self, claimed: str) -> None:
        """Turns into a field that holds what is claimed."""
        self.claimed.setText(claimed)
        self._field.show_wrong("")
        self._turn(True)
        self.claimed.setFocus()
        self.claimed.selectAll()

    def end(self) -> None:
        """Turns back into rows."""
        self._turn(False)

    def show_wrong_claim(self, reason: str) -> None:
        """What is wrong with the figure; the focus stays there."""
        self._field.show_wrong(reason)

    @property
    def editing(self) -> bool:
        """Whether the field is shown."""
        return not self._edited.isHidden()

    def show_wrong(self, sentence: str) -> None:
        """Why a chosen set was not taken; empty when nothing is wrong."""
        self._wrong.setText(f"▲ {sentence}" if sentence else "")
        self._wrong.setVisible(bool(sentence))

    @property
    def wrong(self) -> str:
        """Why the chosen set was not taken."""
        return self._wrong.text().removeprefix("▲ ")

    def _turn(self, editing: bool) -> None:
        self._edited.setVisible(editing)
        self.claim.setVisible(not editing)
        self.choose.setVisible(not editing)

    def _editing(self) -> QWidget:
        edited = QWidget()
        column = QVBoxLayout(edited)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._look.metrics.px(6))
        self.claimed = QLineEdit()
        self._field = FormField(self._look, text("Score that is claimed on it, in per cent"), self.claimed)
        column.addWidget(self._field)
        save = KeyButton(self._look, text("Save"), "Enter")
        save.clicked.connect(self._save)
        cancel = KeyButton(self._look, text("Cancel"), "Esc")
        cancel.clicked.connect(self.cancelled)
        self.claimed.returnPressed.connect(self._save)
        buttons = QHBoxLayout()
        buttons.addWidget(save)
        buttons.addWidget(cancel)
        buttons.addStretch()
        column.addLayout(buttons)
        return edited

    def _save(self) -> None:
        self.saved.emit(self.claimed.text())

    def _facts_part(self, look: Look) -> QWidget:
        known = QWidget()
        self._score = label(size="number")
        self._what = label(wrap=True)
        self._range = label(size="caption", tone="quiet", wrap=True)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self._what)
        beside.addWidget(self._range)
        counted = QHBoxLayout()
        counted.setSpacing(look.metrics.px(12))
        counted.addWidget(self._score, 0, Qt.AlignmentFlag.AlignVCenter)
        counted.addLayout(beside, 1)
        counted.addWidget(self.claim, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = FactsGrid(look, (text("Source"), text("Claimed")), wrapped=(1,))
        column = QVBoxLayout(known)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.metrics.px(4))
        column.addLayout(counted)
        column.addLayout(self._facts)
        return known
