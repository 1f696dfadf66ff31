"""Page with the seal of the project, its packs, and the PIN that guards its limits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.line_list import LineList
from fieldcheck.ui.widgets.plain import card, column, label, row
from fieldcheck.words.language import text


class PacksPage(QWidget):
    """`pin_given(pin)`: what was typed; `pin_cleared`: none from now on."""

    pin_given = Signal(str)
    pin_cleared = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.strip = JobStrip(look)
        self.seal, self.key = LineList(look, text("Seal of the project")), label(tone="quiet", wrap=True)
        self.verified = LineList(look, text("What the verification found"))
        self.recordings = QCheckBox(text("Recordings too (large)"))
        self.people = QCheckBox(text("Frames with a person too"))
        self.pin = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName(text("Admin PIN"))
        self.pin.returnPressed.connect(self._give)
        self.admin, self.wrong = label(wrap=True), label(tone="warn", wrap=True)
        self.give, self.clear = KeyButton(look, "", "Enter", shrinks=True), KeyButton(look, text("Take the PIN away"), shrinks=True)
        self.give.clicked.connect(self._give)
        self.clear.clicked.connect(self.pin_cleared)
        left = column(look, (self._seal_card(), 3), self._pin_card(), gap=12)
        right = column(look, self.strip, (self._pack_card(), 1), gap=12)
        row(look, (left, 1), (right, 1), gap=12, on=self)
        self.show_wrong_pin("")
        self.show_verified((), fits=True)

    def show_seal(self, lines: Sequence[str], key: str) -> None:
        """How the seal stands and what changed since; the file of the key that signs, empty for none."""
        self.seal.say(lines)
        self.key.setText(text("Key that signs: {file}").format(file=key) if key else text("No key is chosen: nothing is signed."))

    def show_admin(self, said: str, action: str, can_clear: bool) -> None:
        """Whether a PIN guards the limits, and what the field is for now."""
        self.admin.setText(said)
        self.give.say(action)
        self.clear.setVisible(can_clear)
        self.pin.clear()

    def show_wrong_pin(self, said: str) -> None:
        """Why a PIN was not taken; empty when nothing is wrong."""
        self.wrong.setText(f"▲ {said}" if said else "")
        self.wrong.setVisible(bool(said))

    def show_verified(self, lines: Sequence[str], fits: bool) -> None:
        """Findings of the last verification; nothing before."""
        first, rest = ("✓ " if fits else "▲ ", lines)
        self.verified.say([f"{first}{line}" if not at else line for at, line in enumerate(rest)])
        self.verified.setVisible(bool(lines))

    def show_job(self, job: Job | None) -> None:
        """A pack that is being made or verified."""
        self.strip.show_job(job)

    def allow(self, on: bool) -> None:
        """Whether this window may change the project."""
        for part in (self.pin, self.give, self.clear):
            part.setEnabled(on)

    def _give(self) -> None:
        self.pin_given.emit(self.pin.text())

    def _seal_card(self) -> QFrame:
        about = text("The seal settles limits, classes and list before the first label. What changes later is named here and on page 1.")
        buttons = ((text("Seal now"), "evidence.seal"), (text("Choose a key…"), "evidence.key"))
        return self._card(text("Seal"), about, (self.seal, self.key), buttons)

    def _pack_card(self) -> QFrame:
        about = text("One file with database, saved frames, models and every figure. It verifies itself, here or with Python alone.")
        buttons = ((text("Make a pack"), "evidence.pack"), (text("Verify…"), "evidence.verify"))
        made = self._card(text("Evidence pack"), about, (self.recordings, self.people), buttons)
        content(made).addWidget(self.verified, 1)
        content(made).addStretch()
        return made

    def _pin_card(self) -> QFrame:
        made = card(self._look)
        content(made).addWidget(label(text("Admin PIN"), size="heading"))
        for part in (self.admin, self.pin, self.wrong):
            content(made).addWidget(part)
        content(made).addLayout(row(self._look, self.give, self.clear))
        return made

    def _card(self, heading: str, about: str, parts: Sequence[QWidget], buttons: Sequence[tuple[str, str]]) -> QFrame:
        made = card(self._look)
        content(made).addWidget(label(heading, size="heading"))
        content(made).addWidget(label(about, tone="quiet", wrap=True))
        for part in parts:
            content(made).addWidget(part, 1 if isinstance(part, LineList) else 0)
        line = QWidget()
        flow = Flow(self._look.metrics.px(8), line)
        for said, one in buttons:
            flow.addWidget(KeyButton(self._look, said, self._actions.key(one)).triggers(self._actions.get(one)))
        content(made).addWidget(line, 0, Qt.AlignmentFlag.AlignTop)
        return made
