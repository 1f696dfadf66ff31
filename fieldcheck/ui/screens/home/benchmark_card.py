"""The card of the benchmark: its score on this computer, where it lies, what was claimed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.ui.look.theme import Look
from fieldcheck.ui.screens.home.facts import Facts
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text


class BenchmarkCard(QFrame):
    """What is known of the benchmark, or that there is none."""

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
        head.addWidget(self.choose)
        column.addLayout(head)
        self._wrong = label(tone="warn", wrap=True)
        self._wrong.setVisible(False)
        self._missing = label(text("No benchmark yet: the labelled set that the model's score was claimed on."), tone="quiet", wrap=True)
        self._known = self._facts_part(look)
        for part in (self._wrong, self._missing, self._known):
            column.addWidget(part)
        column.addStretch()

    def set_compact(self, compact: bool) -> None:
        """Less padding where there is little room."""
        pad = self._look.metrics.px(8 if compact else 12)
        self.layout().setContentsMargins(pad, pad, pad, pad)

    def show_benchmark(self, score: tuple[str, str, str], source: str, claimed: str) -> None:
        """Figure, what it counts and its range; where the set lies; what was claimed. An empty `source`: there is none."""
        self._missing.setVisible(not source)
        self._known.setVisible(bool(source))
        figure, what, spread = score
        self._score.setText(figure)
        self._what.setText(what)
        self._range.setText(spread)
        self._facts.show_values(source, claimed)

    def show_wrong(self, sentence: str) -> None:
        """Why a chosen set was not taken; empty when nothing is wrong."""
        self._wrong.setText(f"▲ {sentence}" if sentence else "")
        self._wrong.setVisible(bool(sentence))

    @property
    def wrong(self) -> str:
        """Why the chosen set was not taken."""
        return self._wrong.text().removeprefix("▲ ")

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
        self._facts = Facts(look, (text("Source"), text("Claimed")), wrapped=(1,))
        column = QVBoxLayout(known)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.metrics.px(4))
        column.addLayout(counted)
        column.addLayout(self._facts)
        return known
