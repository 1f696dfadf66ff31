"""The card of the benchmark: its score on this computer, where it lies, what was claimed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from fieldcheck.ui.screens.home.facts import FactsGrid, FormField, WrongLine
from fieldcheck.ui.screens.home.project_card import EditableCard, act_button
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.plain import column, label, row
from fieldcheck.words.language import text


class BenchmarkCard(EditableCard):
    """What is known of the benchmark, or that there is none. `saved` carries the claimed score as it was typed."""

    saved = Signal(str)

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        self.choose = act_button(look, text("Choose…"), actions, "project.set_benchmark")
        self.claim = act_button(look, text("Score…"), actions, "project.edit_claim")
        super().__init__(look, text("Benchmark"), self.choose, parent=parent)
        self._wrong = WrongLine()
        self._missing = label(
            text("No benchmark yet: the labelled pictures that the model's score was stated on."), tone="quiet", wrap=True
        )
        self._known = self._facts_part()
        for part in (self._wrong, self._missing, self._known):
            self.column.addWidget(part)
        self.claimed = QLineEdit()
        self._field = FormField(look, text("Reference score stated for it, in per cent"), self.claimed)
        self._add_form(self._field, hides=(self.claim, self.choose), save=self._save)

    def show_benchmark(self, score: tuple[str, str, str], source: str, claimed: str) -> None:
        """Figure, what it counts and its range; where the set lies; what was claimed. An empty `source`: there is none."""
        self._missing.setVisible(not source)
        self._known.setVisible(bool(source))
        for shown, said in zip((self._score, self._what, self._range), score, strict=True):
            shown.setText(said)
        self._facts.show_values(source, claimed)

    def begin(self, claimed: str) -> None:
        """Turns into a field that holds what is claimed."""
        self.claimed.setText(claimed)
        self._field.show_wrong("")
        self._edit(self.claimed)

    def show_wrong_claim(self, reason: str) -> None:
        """What is wrong with the figure; the focus stays there."""
        self._field.show_wrong(reason)

    def show_wrong(self, sentence: str) -> None:
        """Why a chosen set was not taken; empty when nothing is wrong."""
        self._wrong.show_wrong(sentence)

    @property
    def wrong(self) -> str:
        """Why the chosen set was not taken."""
        return self._wrong.wrong

    def _save(self) -> None:
        self.saved.emit(self.claimed.text())

    def _facts_part(self) -> QWidget:
        known = QWidget()
        self._score = label(size="number")
        self._what = label(wrap=True)
        self._range = label(size="caption", tone="quiet", wrap=True)
        counted = row(self._look, gap=12)
        counted.addWidget(self._score, 0, Qt.AlignmentFlag.AlignVCenter)
        counted.addLayout(column(self._look, self._what, self._range, gap=0), 1)
        counted.addWidget(self.claim, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = FactsGrid(self._look, (text("Source"), text("Reference score")), wrapped=(1,))
        inside = column(self._look, gap=4)
        inside.addLayout(counted)
        inside.addLayout(self._facts)
        known.setLayout(inside)
        return known
