"""State of the evidence: page and presenter of seal, packs, verification and admin PIN."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QWidget

from fieldcheck.evidence import messages
from fieldcheck.evidence.messages import (
    LOOK,
    StateLine,
    build_state_lines,
    describe_next_step,
    list_changes_since_seal,
)
from fieldcheck.files import find_unused_path
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.paths import PACK_ENDING
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout, is_alive
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_file, choose_folder, choose_pack
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    make_card,
    make_column,
    make_label,
    make_row,
    make_rule,
    set_tone,
)
from fieldcheck.ui.widgets.text_lines import LineList

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import EvidenceState, SealState
    from fieldcheck.evidence import signed_seal
    from fieldcheck.progress import Progress
    from fieldcheck.project import limits
    from fieldcheck.project.project import Project
    from fieldcheck.report import evidence_pack
    from fieldcheck.report.evidence_pack import PackOptions, VerifyResult, WrittenPack
else:
    signed_seal = LazyModule("fieldcheck.evidence.signed_seal")
    limits = LazyModule("fieldcheck.project.limits")
    evidence_pack = LazyModule("fieldcheck.report.evidence_pack")

# A row of the evidence's state: a mark, what it is about, a sentence on how it stands, and what can
# be done beside it.

MARK = 20  # pixels


class StateRow(QWidget):
    """`beside`: a button, a field, or both."""

    def __init__(self, theme: Theme, name: str, *beside: QWidget) -> None:
        super().__init__()
        self.mark, self.sentence = make_label(bold=True), make_label(tone="quiet", wrap=True)
        self.mark.setFixedWidth(theme.metrics.scale_px(MARK))
        self.mark.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # the mark stands in the line of the name, so that both have one baseline
        words = make_column(
            theme, make_row(theme, self.mark, (make_label(name, bold=True), 1), gap=8), gap=2
        )
        below = make_row(theme, (self.sentence, 1))
        below.setContentsMargins(theme.metrics.scale_px(MARK + 8), 0, 0, 0)
        words.addLayout(below)
        words.addStretch(1)
        line = make_row(theme, (words, 1), gap=8, parent=self)
        for widget in beside:
            line.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def show_state(self, line: StateLine) -> None:
        """How it stands now."""
        self.mark.setText(line.mark)
        self.sentence.setText(line.sentence)
        set_tone(self.sentence, "warn" if line.mark == LOOK else "quiet")
        set_tone(self.mark, "warn" if line.mark == LOOK else "")


# Page with the state of the evidence, row by row, the PIN that guards the limits, the next step,
# and the pack that carries it all.

PIN = 120  # pixels of its field
CARD_PAD, COMPACT_PAD = 12, 8  # of a card; the next one is as far away
ROW_GAP, COMPACT_ROW_GAP = 8, 6


class PacksPage(QWidget):
    """`pin_entered(pin)`: what was typed; `pin_removed`: none from now on."""

    pin_entered = Signal(str)
    pin_removed = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions, self._asked = theme, actions, ("", False)
        self.strip = JobStrip(theme)
        self.next = make_label(bold=True, wrap=True)
        self.changes = LineList(theme, tr("Changes since sealing"))
        self.verified = LineList(theme, tr("Verification result"))
        self.recordings = apply_mark_style(theme, QCheckBox(tr("Include recordings (large)")))
        self.people = apply_mark_style(theme, QCheckBox(tr("Include frames with a person")))
        self.pin = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.pin.setAccessibleName(tr("Admin PIN"))
        self.pin.setFixedWidth(theme.metrics.scale_px(PIN))
        self.pin.returnPressed.connect(self._submit_pin)
        self.wrong = make_label(tone="warn", wrap=True)
        self.give, self.clear = (KeyButton(theme, "", "Enter"), KeyButton(theme, tr("Remove PIN")))
        self.give.clicked.connect(self._submit_pin)
        self.clear.clicked.connect(self.pin_removed)
        self._seal = self._make_button(tr("Seal now"), "evidence.seal")
        self._pack = self._make_button(tr("Create evidence pack"), "evidence.pack")
        self.rows = self._build_state_rows()
        cards = self._build_state_card(), self._build_pack_card(), self._build_verification_card()
        self._card_layouts = [get_box_layout(card) for card in cards]
        state, pack, verification = cards
        self._right = make_column(theme, self.strip, pack, (verification, 1), gap=CARD_PAD)
        make_row(theme, (state, 3), (self._right, 2), gap=12, parent=self)
        self.show_pin_error("")
        self.show_changes(())
        self.show_verification((), fits=True)

    @property
    def front(self) -> QWidget | None:
        """Nothing on it is gone through with the arrows."""
        return None

    def set_compact(self, compact: bool) -> None:
        """In narrow windows, which are low too, everything stands closer."""
        px = self._theme.metrics.scale_px
        pad = px(COMPACT_PAD if compact else CARD_PAD)
        for layout in self._card_layouts:
            layout.setContentsMargins(pad, pad, pad, pad)
        self._card_layouts[0].setSpacing(px(COMPACT_ROW_GAP if compact else ROW_GAP))
        self._right.setSpacing(pad)

    def show_state(self, lines: Mapping[str, StateLine], following: str) -> None:
        """How each part of the evidence stands, by its code, and the next step."""
        for code, line in lines.items():
            self.rows[code].show_state(line)
        self.next.setText(following)

    def show_main_action(self, code: str) -> None:
        """What the header's button does, `seal` or `pack`, has no second button on the page."""
        self._seal.setVisible(code != "seal")
        self._pack.setVisible(code != "pack")

    def show_changes(self, lines: Sequence[str]) -> None:
        """Shows changes since it was sealed."""
        self.changes.set_lines(lines)
        self.changes.setVisible(bool(lines))

    def show_pin_action(self, action: str, can_clear: bool) -> None:
        """Shows what the PIN field does (set, enter or change); typed text stays while that is the
        same."""
        if (action, can_clear) != self._asked:
            self._asked = (action, can_clear)
            self.pin.clear()
        self.give.set_label(action)
        self.clear.setVisible(can_clear)

    def clear_pin_field(self) -> None:
        """Empties the field: the PIN was taken."""
        self.pin.clear()

    def show_pin_error(self, text: str) -> None:
        """Why a PIN was not taken; empty when nothing is wrong."""
        self.wrong.setText(f"▲ {text}" if text else "")
        self.wrong.setVisible(bool(text))

    def show_verification(self, lines: Sequence[str], fits: bool) -> None:
        """Findings of the last verification; before the first one what would stand there."""
        mark = "✓ " if fits else "▲ "
        self.verified.set_lines(
            [line if index else f"{mark}{line}" for index, line in enumerate(lines)]
        )
        self.verified.setVisible(bool(lines))
        self._nothing.setVisible(not lines)

    def show_job(self, job: Job | None) -> None:
        """A pack that is being made or verified."""
        self.strip.show_job(job)

    def set_writable(self, enabled: bool) -> None:
        """Whether this window may change the project."""
        for part in (self.pin, self.give, self.clear):
            part.setEnabled(enabled)

    def _submit_pin(self) -> None:
        self.pin_entered.emit(self.pin.text())

    def _build_state_rows(self) -> dict[str, StateRow]:
        theme = self._theme
        return {
            "seal": StateRow(theme, tr("Seal"), self._seal),
            "signature": StateRow(
                theme,
                tr("Digital signature"),
                self._make_button(tr("Choose signing key…"), "evidence.key"),
            ),
            "pin": StateRow(theme, tr("Admin PIN"), self.pin, self.give, self.clear),
            "runs": StateRow(
                theme, tr("Saved runs"), self._make_button(tr("Show"), "evidence.runs")
            ),
            "people": StateRow(
                theme, tr("Annotators"), self._make_button(tr("Show"), "evidence.people")
            ),
        }

    def _build_state_card(self) -> QFrame:
        card = make_card(self._theme)
        get_box_layout(card).addWidget(self.next)
        for code, row in self.rows.items():
            get_box_layout(card).addWidget(make_rule())
            get_box_layout(card).addWidget(row)
            if code == "seal":
                get_box_layout(card).addWidget(self.changes, 3)
            if code == "pin":
                get_box_layout(card).addWidget(self.wrong)
        get_box_layout(card).addStretch(1)
        return card

    def _build_pack_card(self) -> QFrame:
        card = make_card(self._theme)
        get_box_layout(card).setSpacing(self._theme.metrics.scale_px(6))
        get_box_layout(card).addWidget(make_label(tr("Evidence pack"), size="heading"))
        about = tr(
            "One file with database, saved frames, models and all values. Can be verified "
            "with Fieldcheck or with Python alone."
        )
        get_box_layout(card).addWidget(make_label(about, tone="quiet", wrap=True))
        for part in (self.recordings, self.people):
            get_box_layout(card).addWidget(part)
        get_box_layout(card).addWidget(self._pack, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _build_verification_card(self) -> QFrame:
        card = make_card(self._theme)
        get_box_layout(card).setSpacing(self._theme.metrics.scale_px(6))
        get_box_layout(card).addWidget(make_label(tr("Verification"), size="heading"))
        text = tr(
            "Verify any evidence pack, from this or another project: file hashes, values and "
            "signature."
        )
        self._nothing = make_label(text, tone="quiet", wrap=True)
        get_box_layout(card).addWidget(self._nothing)
        get_box_layout(card).addWidget(self.verified, 1)
        get_box_layout(card).addWidget(
            self._build_button_row(((tr("Verify pack…"), "evidence.verify"),))
        )
        get_box_layout(card).addStretch()
        return card

    def _build_button_row(self, named: Sequence[tuple[str, str]]) -> QWidget:
        line = QWidget()
        flow = FlowLayout(self._theme.metrics.scale_px(8), line)
        for text, key in named:
            flow.addWidget(
                KeyButton(self._theme, text, self._actions.get_key_text(key)).bind_action(
                    self._actions.get_action(key)
                )
            )
        return line

    def _make_button(self, text: str, action: str) -> KeyButton:
        return KeyButton(self._theme, text, self._actions.get_key_text(action)).bind_action(
            self._actions.get_action(action)
        )

    def prompt_for_key(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a signing key."""
        choose_file(self, tr("Choose signing key"), f"{tr('All files')} (*)", then)

    def prompt_for_folder(self, then: Callable[[Path, bool, bool], None]) -> None:
        """Lets the person choose where a pack is made, with the recordings and people or not."""
        choose_folder(
            self,
            tr("Save evidence pack as"),
            lambda folder: then(folder, self.recordings.isChecked(), self.people.isChecked()),
            for_writing=True,
        )

    def prompt_for_pack(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a pack to be verified."""
        choose_pack(self, tr("Verify evidence pack"), then)

    def focus_pin(self) -> None:
        """The field of the PIN gets the keys."""
        self.pin.setFocus()


WORK = "evidence.pack"


class PacksDisplay(Protocol):
    """The part with the overview, packs and PIN, as far as its presenter knows it."""

    def show_state(self, lines: Mapping[str, StateLine], following: str) -> None: ...
    def show_main_action(self, code: str) -> None: ...
    def show_changes(self, lines: Sequence[str]) -> None: ...
    def show_pin_action(self, action: str, can_clear: bool) -> None: ...
    def clear_pin_field(self) -> None: ...
    def show_pin_error(self, text: str) -> None: ...
    def show_verification(self, lines: Sequence[str], fits: bool) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def set_writable(self, writable: bool) -> None: ...
    def prompt_for_key(self, then: Callable[[Path], None]) -> None: ...
    def prompt_for_folder(self, then: Callable[[Path, bool, bool], None]) -> None: ...
    def prompt_for_pack(self, then: Callable[[Path], None]) -> None: ...
    def focus_pin(self) -> None: ...


class PacksPresenter:
    """The signing key is only read, and forgotten with the project; `changed()`: available actions
    changed."""

    def __init__(
        self, view: PacksDisplay, context: Context, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._view, self._context, self._changed = view, context, changed
        self._failed = partial(context.messages.show_error, key=WORK)
        self.body = BodyLoader(context.current, view)
        self._state: EvidenceState | None = None
        self._key: Path | None = None

    def load_data(self) -> None:
        """Reads how the evidence of the project that is open stands."""
        self._view.show_job(self._context.runner.find_running(WORK))
        reading = self.body.query(lambda project: evidence_pack.get_evidence_state(project))
        reading.on_success(self._on_state_loaded).on_failure(self._on_load_failed)

    def leave(self) -> None:
        """Jobs go on."""

    def on_project_changed(self) -> None:
        """Another project is open, or none."""
        self._state, self._key = None, None

    @property
    def enabled_actions(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        can = self._context.current.writable
        return {"seal": self._can_seal, "key": can, "pack": can, "pin": can}

    @property
    def main_action(self) -> tuple[str, str]:
        """The primary action: sealing comes first, and only once."""
        first = self._can_seal and self._state is not None and self._state.sealed is None
        return (tr("Seal now"), "seal") if first else (tr("Create evidence pack"), "pack")

    def set_signing_key(self, path: Path) -> None:
        """This key signs what is sealed and packed from now on."""
        self._key = path
        self._show_state()

    def create_seal(self) -> None:
        """Seals limits, classes and list, or signs the seal that stands where a key was chosen."""
        key = self._key
        if self._can_seal:
            storing = self._context.current.run_edit(
                self._view, lambda project: signed_seal.create_seal(project, key, get_timestamp())
            )
            storing.on_success(self._on_sealed).on_failure(self._failed)

    def create_pack(self, folder: Path, recordings: bool, with_people: bool) -> None:
        """Create a pack in a folder, as a job that can be cancelled; existing files are kept."""
        if (
            self._context.runner.find_running(WORK) is not None
            or not self._context.current.writable
        ):
            return
        out = find_unused_path(
            folder, f"{self._context.current.name}_{datetime.now():%Y-%m-%d}", PACK_ENDING
        )
        spoken = self._context.preferences.settings.report_language or language.get_language()
        wish = evidence_pack.PackOptions(
            recordings,
            self._key,
            spoken if spoken in language.LANGUAGES else "en",
            with_people=with_people,
        )
        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Create evidence pack"),
            _create_pack_work(out, wish),
            key=WORK,
            resumes=False,
        )
        job.on_success(self._on_packed).on_failure(self._failed)
        job.on_retry(self._view, partial(self.create_pack, folder, recordings, with_people))
        self._view.show_job(job)

    def verify_pack(self, path: Path) -> None:
        """Verifies a pack; no project needs to be open."""
        self._view.show_verification((), fits=True)
        self._context.messages.clear_banner(WORK)

        def run_verification(progress: Progress) -> VerifyResult:
            return evidence_pack.verify_pack(path, progress)

        job = self._context.runner.run_job(
            self._context.messages,
            lambda: tr("Verify evidence pack"),
            run_verification,
            key=WORK,
            resumes=False,
        )
        job.on_success(self._on_verified).on_failure(self._failed)
        job.on_retry(self._view, partial(self.verify_pack, path))
        self._view.show_job(job)

    def submit_pin(self, pin: str) -> None:
        """Accept a typed PIN: the current one, or a new one where there is none or it was
        entered."""
        self._view.show_pin_error("")
        if self._state is not None and self._state.guarded and not self._state.unlocked:
            storing = self._context.current.run_edit(
                self._view, lambda project: limits.enable_admin_access(project, pin)
            )
            storing.on_success(self._on_pin_accepted).on_failure(self._failed)
        elif len(pin) < limits.SHORTEST_PIN:
            self._view.show_pin_error(
                tr("The PIN must have at least {n} letters or digits.", n=limits.SHORTEST_PIN)
            )
        else:
            storing = self._context.current.run_edit(
                self._view, lambda project: limits.set_admin_pin(project, pin, get_timestamp())
            )
            storing.on_success(self._on_pin_accepted).on_failure(self._failed)

    def remove_pin(self) -> None:
        """Remove the PIN."""
        storing = self._context.current.run_edit(
            self._view, lambda project: limits.clear_admin_pin(project, get_timestamp())
        )
        storing.on_success(self._on_pin_accepted).on_failure(self._failed)

    @property
    def _can_seal(self) -> bool:
        sealed = self._state is not None and self._state.sealed is not None
        return (
            self._context.current.writable
            and self._state is not None
            and (not sealed or self._key is not None)
        )

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        self._changed()

    def _on_state_loaded(self, evidence_state: EvidenceState) -> None:
        self._state = evidence_state
        self._show_state()

    def _show_state(self) -> None:
        state = self._state
        if state is None or not is_alive(self._view):
            return
        self._view.set_writable(self._context.current.writable)
        self._view.show_state(
            build_state_lines(state, self._key.name if self._key is not None else ""),
            describe_next_step(state),
        )
        self._view.show_main_action(self.main_action[1])
        self._view.show_changes(list_changes_since_seal(state))
        is_unlocked = state.guarded and state.unlocked
        action = (
            tr("Change PIN") if is_unlocked else tr("Enter PIN") if state.guarded else tr("Set PIN")
        )
        self._view.show_pin_action(action, can_clear=is_unlocked)
        self._changed()

    def _on_sealed(self, seal_state: SealState) -> None:
        self._context.messages.show_toast(" ".join(messages.list_seal_lines(seal_state)[:2]))

    def _on_pin_accepted(self, _nothing: Any) -> None:
        self._view.clear_pin_field()
        self._context.messages.clear_banner(WORK)
        # of limits that the PIN kept from being changed
        self._context.messages.clear_banner("error")

    def _on_packed(self, written: WrittenPack) -> None:
        lines = messages.list_pack_lines(
            str(written.pack),
            written.n_records,
            written.n_figures,
            written.signed_by,
            written.n_people,
        )
        self._context.messages.show_toast(" ".join(lines))

    def _on_verified(self, verify_result: VerifyResult) -> None:
        bad = verify_result.first_bad
        if bad is not None:
            lines: tuple[str, ...] = (
                messages.describe_pack_mismatch(
                    verify_result.pack.name, *bad, verify_result.stored, verify_result.now
                ),
            )
        else:
            lines = messages.list_verification_lines(
                verify_result.pack.name,
                verify_result.n_records,
                verify_result.n_figures,
                verify_result.signed_by,
                verify_result.strange_verifier,
            )
        self._context.messages.show_toast(" ".join(lines))
        if is_alive(self._view):
            self._view.show_verification(
                (*lines, *messages.list_seal_lines(verify_result.seal)) if bad is None else lines,
                fits=bad is None,
            )

    def prompt_for_key(self) -> None:
        """Asks for a signing key."""
        self._view.prompt_for_key(self.set_signing_key)

    def prompt_for_folder(self) -> None:
        """Asks where the pack is made, and makes it."""
        self._view.prompt_for_folder(self.create_pack)

    def prompt_for_pack(self) -> None:
        """Asks for a pack, and verifies it."""
        self._view.prompt_for_pack(self.verify_pack)

    def focus_pin(self) -> None:
        """The field of the PIN gets the keys."""
        self._view.focus_pin()


def _create_pack_work(out: Path, wish: PackOptions) -> Callable[[Project, Progress], WrittenPack]:
    def write_pack(project: Project, progress: Progress) -> WrittenPack:
        return evidence_pack.pack_project(project, out, wish, progress, get_timestamp())

    return write_pack


def create_packs_presenter(
    page: PacksPage, context: Context, changed: Callable[[], None]
) -> PacksPresenter:
    """The presenter of this page, connected."""
    presenter = PacksPresenter(page, context, changed)
    page.pin_entered.connect(presenter.submit_pin)
    page.pin_removed.connect(presenter.remove_pin)
    return presenter
