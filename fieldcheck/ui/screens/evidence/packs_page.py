"""Page with the state of the evidence, row by row, the PIN that guards the limits, the next step, and the pack that carries it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.evidence.state_row import StateRow
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import marked
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.line_list import LineList
from fieldcheck.ui.widgets.plain import card, column, label, row, rule
from fieldcheck.words.evidence_state import StateLine
from fieldcheck.words.language import text

PIN = 120  # pixels of its field


class PacksPage(QWidget):
    """`pin_given(pin)`: what was typed; `pin_cleared`: none from now on."""

    pin_given = Signal(str)
    pin_cleared = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions, self._asked = look, actions, ("", False)
        self.strip = JobStrip(look)
        self.next = label(bold=True, wrap=True)
        self.changes = LineList(look, text("Changes since sealing"))
        self.verified = LineList(look, text("Verification result"))
        self.recordings = marked(look, QCheckBox(text("Include recordings (large)")))
        self.people = marked(look, QCheckBox(text("Include frames with a person")))
        self.pin = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName(text("Admin PIN"))
        self.pin.setFixedWidth(look.metrics.px(PIN))
        self.pin.returnPressed.connect(self._give)
        self.wrong = label(tone="warn", wrap=True)
        self.give, self.clear = KeyButton(look, "", "Enter", shrinks=True), KeyButton(look, text("Remove PIN"), shrinks=True)
        self.give.clicked.connect(self._give)
        self.clear.clicked.connect(self.pin_cleared)
        self.rows = self._rows()
        right = column(look, self.strip, self._pack_card(), (self._found_card(), 1), gap=12)
        row(look, (self._state_card(), 3), (right, 2), gap=12, on=self)
        self.show_wrong_pin("")
        self.show_changes(())
        self.show_verified((), fits=True)

    @property
    def front(self) -> QWidget | None:
        """Nothing on it is gone through with the arrows."""
        return None

    def show_state(self, lines: Mapping[str, StateLine], following: str) -> None:
        """How each part of the evidence stands, by its code, and the next step."""
        for code, line in lines.items():
            self.rows[code].show_line(line)
        self.next.setText(following)

    def show_changes(self, lines: Sequence[str]) -> None:
        """Shows changes since it was sealed."""
        self.changes.say(lines)
        self.changes.setVisible(bool(lines))

    def show_admin(self, action: str, can_clear: bool) -> None:
        """Sets what the field of the PIN is for now; what is being typed stays while it is for the same."""
        if (action, can_clear) != self._asked:
            self._asked = (action, can_clear)
            self.pin.clear()
        self.give.say(action)
        self.clear.setVisible(can_clear)

    def forget_pin(self) -> None:
        """Empties the field: the PIN was taken."""
        self.pin.clear()

    def show_wrong_pin(self, said: str) -> None:
        """Why a PIN was not taken; empty when nothing is wrong."""
        self.wrong.setText(f"▲ {said}" if said else "")
        self.wrong.setVisible(bool(said))

    def show_verified(self, lines: Sequence[str], fits: bool) -> None:
        """Findings of the last verification; before the first one what would stand there."""
        mark = "✓ " if fits else "▲ "
        self.verified.say([line if at else f"{mark}{line}" for at, line in enumerate(lines)])
        self.verified.setVisible(bool(lines))
        self._nothing.setVisible(not lines)

    def show_job(self, job: Job | None) -> None:
        """A pack that is being made or verified."""
        self.strip.show_job(job)

    def allow(self, on: bool) -> None:
        """Whether this window may change the project."""
        for part in (self.pin, self.give, self.clear):
            part.setEnabled(on)

    def _give(self) -> None:
        self.pin_given.emit(self.pin.text())

    def _rows(self) -> dict[str, StateRow]:
        look = self._look
        return {
            "seal": StateRow(look, text("Seal"), self._button(text("Seal now"), "evidence.seal")),
            "signature": StateRow(look, text("Digital signature"), self._button(text("Choose signing key…"), "evidence.key")),
            "pin": StateRow(look, text("Admin PIN"), self.pin, self.give, self.clear),
            "runs": StateRow(look, text("Saved runs"), self._button(text("Show"), "evidence.runs")),
            "people": StateRow(look, text("Annotators"), self._button(text("Show"), "evidence.people")),
        }

    def _state_card(self) -> QFrame:
        made = card(self._look)
        content(made).addWidget(self.next)
        for code, one in self.rows.items():
            content(made).addWidget(rule())
            content(made).addWidget(one, 1)
            if code == "seal":
                content(made).addWidget(self.changes, 3)
            if code == "pin":
                content(made).addWidget(self.wrong)
        return made

    def _pack_card(self) -> QFrame:
        made = card(self._look)
        content(made).setSpacing(self._look.metrics.px(6))
        content(made).addWidget(label(text("Evidence pack"), size="heading"))
        about = text("One file with database, saved frames, models and all values. Can be verified with Fieldcheck or with Python alone.")
        content(made).addWidget(label(about, tone="quiet", wrap=True))
        for part in (self.recordings, self.people, self._buttons(((text("Create evidence pack"), "evidence.pack"),))):
            content(made).addWidget(part)
        return made

    def _found_card(self) -> QFrame:
        made = card(self._look)
        content(made).setSpacing(self._look.metrics.px(6))
        content(made).addWidget(label(text("Verification"), size="heading"))
        said = text("Verify any evidence pack, from this or another project: file hashes, values and signature.")
        self._nothing = label(said, tone="quiet", wrap=True)
        content(made).addWidget(self._nothing)
        content(made).addWidget(self.verified, 1)
        content(made).addWidget(self._buttons(((text("Verify pack…"), "evidence.verify"),)))
        content(made).addStretch()
        return made

    def _buttons(self, named: Sequence[tuple[str, str]]) -> QWidget:
        line = QWidget()
        flow = Flow(self._look.metrics.px(8), line)
        for said, one in named:
            flow.addWidget(KeyButton(self._look, said, self._actions.key(one)).triggers(self._actions.get(one)))
        return line

    def _button(self, said: str, action: str) -> KeyButton:
        return KeyButton(self._look, said, self._actions.key(action), shrinks=True).triggers(self._actions.get(action))
