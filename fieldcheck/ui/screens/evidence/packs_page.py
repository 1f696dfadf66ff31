"""Page with the state of the evidence, row by row, the PIN that guards the limits, the next step, and the pack that carries it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.screens.evidence.state_row import StateRow
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import apply_mark_style
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.line_list import LineList
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_row, make_rule
from fieldcheck.words.evidence_state import StateLine
from fieldcheck.words.language import tr

PIN = 120  # pixels of its field


class PacksPage(QWidget):
    """`pin_entered(pin)`: what was typed; `pin_removed`: none from now on."""

    pin_entered = Signal(str)
    pin_removed = Signal()

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions, self._asked = look, actions, ("", False)
        self.strip = JobStrip(look)
        self.next = make_label(bold=True, wrap=True)
        self.changes = LineList(look, tr("Changes since sealing"))
        self.verified = LineList(look, tr("Verification result"))
        self.recordings = apply_mark_style(look, QCheckBox(tr("Include recordings (large)")))
        self.people = apply_mark_style(look, QCheckBox(tr("Include frames with a person")))
        self.pin = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName(tr("Admin PIN"))
        self.pin.setFixedWidth(look.metrics.scale_px(PIN))
        self.pin.returnPressed.connect(self._submit_pin)
        self.wrong = make_label(tone="warn", wrap=True)
        self.give, self.clear = KeyButton(look, "", "Enter", shrinks=True), KeyButton(look, tr("Remove PIN"), shrinks=True)
        self.give.clicked.connect(self._submit_pin)
        self.clear.clicked.connect(self.pin_removed)
        self.rows = self._build_state_rows()
        right = make_column(look, self.strip, self._build_pack_card(), (self._build_verification_card(), 1), gap=12)
        make_row(look, (self._build_state_card(), 3), (right, 2), gap=12, on=self)
        self.show_pin_error("")
        self.show_changes(())
        self.show_verification((), fits=True)

    @property
    def front(self) -> QWidget | None:
        """Nothing on it is gone through with the arrows."""
        return None

    def show_state(self, lines: Mapping[str, StateLine], following: str) -> None:
        """How each part of the evidence stands, by its code, and the next step."""
        for code, line in lines.items():
            self.rows[code].show_state(line)
        self.next.setText(following)

    def show_changes(self, lines: Sequence[str]) -> None:
        """Shows changes since it was sealed."""
        self.changes.set_lines(lines)
        self.changes.setVisible(bool(lines))

    def show_pin_action(self, action: str, can_clear: bool) -> None:
        """Sets what the field of the PIN is for now; what is being typed stays while it is for the same."""
        if (action, can_clear) != self._asked:
            self._asked = (action, can_clear)
            self.pin.clear()
        self.give.set_label(action)
        self.clear.setVisible(can_clear)

    def clear_pin_field(self) -> None:
        """Empties the field: the PIN was taken."""
        self.pin.clear()

    def show_pin_error(self, said: str) -> None:
        """Why a PIN was not taken; empty when nothing is wrong."""
        self.wrong.setText(f"▲ {said}" if said else "")
        self.wrong.setVisible(bool(said))

    def show_verification(self, lines: Sequence[str], fits: bool) -> None:
        """Findings of the last verification; before the first one what would stand there."""
        mark = "✓ " if fits else "▲ "
        self.verified.set_lines([line if at else f"{mark}{line}" for at, line in enumerate(lines)])
        self.verified.setVisible(bool(lines))
        self._nothing.setVisible(not lines)

    def show_job(self, job: Job | None) -> None:
        """A pack that is being made or verified."""
        self.strip.show_job(job)

    def set_writable(self, on: bool) -> None:
        """Whether this window may change the project."""
        for part in (self.pin, self.give, self.clear):
            part.setEnabled(on)

    def _submit_pin(self) -> None:
        self.pin_entered.emit(self.pin.text())

    def _build_state_rows(self) -> dict[str, StateRow]:
        look = self._look
        return {
            "seal": StateRow(look, tr("Seal"), self._make_button(tr("Seal now"), "evidence.seal")),
            "signature": StateRow(look, tr("Digital signature"), self._make_button(tr("Choose signing key…"), "evidence.key")),
            "pin": StateRow(look, tr("Admin PIN"), self.pin, self.give, self.clear),
            "runs": StateRow(look, tr("Saved runs"), self._make_button(tr("Show"), "evidence.runs")),
            "people": StateRow(look, tr("Annotators"), self._make_button(tr("Show"), "evidence.people")),
        }

    def _build_state_card(self) -> QFrame:
        made = make_card(self._look)
        get_box_layout(made).addWidget(self.next)
        for code, one in self.rows.items():
            get_box_layout(made).addWidget(make_rule())
            get_box_layout(made).addWidget(one, 1)
            if code == "seal":
                get_box_layout(made).addWidget(self.changes, 3)
            if code == "pin":
                get_box_layout(made).addWidget(self.wrong)
        return made

    def _build_pack_card(self) -> QFrame:
        made = make_card(self._look)
        get_box_layout(made).setSpacing(self._look.metrics.scale_px(6))
        get_box_layout(made).addWidget(make_label(tr("Evidence pack"), size="heading"))
        about = tr("One file with database, saved frames, models and all values. Can be verified with Fieldcheck or with Python alone.")
        get_box_layout(made).addWidget(make_label(about, tone="quiet", wrap=True))
        for part in (self.recordings, self.people, self._build_button_row(((tr("Create evidence pack"), "evidence.pack"),))):
            get_box_layout(made).addWidget(part)
        return made

    def _build_verification_card(self) -> QFrame:
        made = make_card(self._look)
        get_box_layout(made).setSpacing(self._look.metrics.scale_px(6))
        get_box_layout(made).addWidget(make_label(tr("Verification"), size="heading"))
        said = tr("Verify any evidence pack, from this or another project: file hashes, values and signature.")
        self._nothing = make_label(said, tone="quiet", wrap=True)
        get_box_layout(made).addWidget(self._nothing)
        get_box_layout(made).addWidget(self.verified, 1)
        get_box_layout(made).addWidget(self._build_button_row(((tr("Verify pack…"), "evidence.verify"),)))
        get_box_layout(made).addStretch()
        return made

    def _build_button_row(self, named: Sequence[tuple[str, str]]) -> QWidget:
        line = QWidget()
        flow = FlowLayout(self._look.metrics.scale_px(8), line)
        for said, one in named:
            flow.addWidget(KeyButton(self._look, said, self._actions.get_key_text(one)).bind_action(self._actions.get_action(one)))
        return line

    def _make_button(self, said: str, action: str) -> KeyButton:
        return KeyButton(self._look, said, self._actions.get_key_text(action), shrinks=True).bind_action(self._actions.get_action(action))
