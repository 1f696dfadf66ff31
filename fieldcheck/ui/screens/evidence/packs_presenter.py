"""Overview of the evidence in the window: what is sealed and what is not, packs made and verified as jobs, a PIN that guards the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.files import free_place
from fieldcheck.paths import PACK_ENDING
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import stands
from fieldcheck.ui.screens.evidence.packs_page import PacksPage
from fieldcheck.ui.widgets.choose import choose_file, choose_folder, choose_pack
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words import evidence as words
from fieldcheck.words import language
from fieldcheck.words.evidence_state import StateLine, changes_since, next_step, state_lines
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.evidence_state import EvidenceState
    from fieldcheck.domain.seal import Sealed
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.evidence import pack_project, seal_project, state_of_evidence, verify
    from fieldcheck.workflows.evidence.pack_project import PackWish, WrittenPack
    from fieldcheck.workflows.evidence.verify import Verified
    from fieldcheck.workflows.project import admin
else:
    pack_project = LazyModule("fieldcheck.workflows.evidence.pack_project")
    state_of_evidence = LazyModule("fieldcheck.workflows.evidence.state_of_evidence")
    seal_project = LazyModule("fieldcheck.workflows.evidence.seal_project")
    verify = LazyModule("fieldcheck.workflows.evidence.verify")
    admin = LazyModule("fieldcheck.workflows.project.admin")

WORK = "evidence.pack"


class PacksDisplay(Protocol):
    """The part with the overview, packs and PIN, as far as its presenter knows it."""

    def show_state(self, lines: Mapping[str, StateLine], following: str) -> None: ...
    def show_changes(self, lines: Sequence[str]) -> None: ...
    def show_admin(self, action: str, can_clear: bool) -> None: ...
    def forget_pin(self) -> None: ...
    def show_wrong_pin(self, said: str) -> None: ...
    def show_verified(self, lines: Sequence[str], fits: bool) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def allow(self, on: bool) -> None: ...


class PacksPresenter:
    """The key that signs is only read, and forgotten with the project; `changed()`: other things can be done."""

    def __init__(self, view: PacksDisplay, context: Context, changed: Callable[[], None] = lambda: None) -> None:
        self._view, self._context, self._changed = view, context, changed
        self._failed = partial(context.messages.error, key=WORK)
        self.body = ScreenBody(context.current)
        self._state: EvidenceState | None = None
        self._key: Path | None = None

    def look(self) -> None:
        """Reads how the evidence of the project that is open stands."""
        self._view.show_job(running(self._context.runner, WORK))
        self.body.ask(lambda project: state_of_evidence.evidence_state(project), self._came, self._not_read)

    def leave(self) -> None:
        """Jobs go on."""

    def forget(self) -> None:
        """Another project is open, or none."""
        self._state, self._key = None, None

    @property
    def acts(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        can = self._context.current.writable
        return {"seal": self._can_seal, "key": can, "pack": can, "pin": can}

    @property
    def main(self) -> tuple[str, str]:
        """The seal comes before everything else, and is not taken twice."""
        first = self._can_seal and self._state is not None and self._state.sealed is None
        return (text("Seal now"), "seal") if first else (text("Create evidence pack"), "pack")

    def take_key(self, path: Path) -> None:
        """This key signs what is sealed and packed from now on."""
        self._key = path
        self._show()

    def seal(self) -> None:
        """Seals limits, classes and list, or signs the seal that stands where a key was chosen."""
        key = self._key
        if self._can_seal:
            self._context.current.act(lambda project: seal_project.seal_project(project, key, timestamp()), self._was_sealed, self._failed)

    def pack(self, folder: Path, recordings: bool, with_people: bool) -> None:
        """Makes a pack in a folder, as a job that can be cancelled; nothing that stands there is touched."""
        if running(self._context.runner, WORK) is not None or not self._context.current.writable:
            return
        out = free_place(folder, f"{self._context.current.name}_{datetime.now():%Y-%m-%d}", PACK_ENDING)
        spoken = self._context.preferences.now.report_language or language.current()
        wish = pack_project.PackWish(recordings, self._key, spoken if spoken in language.LANGUAGES else "en", with_people=with_people)
        self._context.messages.clear(WORK)
        self._watch(self._context.current.job(lambda: text("Create evidence pack"), _packing(out, wish), self._packed, self._failed))

    def verify(self, path: Path) -> None:
        """Verifies a pack; no project needs to be open."""
        self._view.show_verified((), fits=True)
        self._context.messages.clear(WORK)

        def work(progress: Progress) -> Verified:
            return verify.verify_pack(path, progress)

        self._watch(self._context.runner.start(lambda: text("Verify evidence pack"), work, self._verified, self._failed))

    def give_pin(self, pin: str) -> None:
        """Takes a PIN that was typed: the one that stands, or a new one where there is none or it was given."""
        self._view.show_wrong_pin("")
        if self._state is not None and self._state.guarded and not self._state.unlocked:
            self._context.current.act(lambda project: admin.unlock(project, pin), self._pin_taken, self._failed)
        elif len(pin) < admin.SHORTEST_PIN:
            self._view.show_wrong_pin(text("The PIN must have at least {n} letters or digits.").format(n=admin.SHORTEST_PIN))
        else:
            self._context.current.act(lambda project: admin.set_admin_pin(project, pin, timestamp()), self._pin_taken, self._failed)

    def clear_pin(self) -> None:
        """Takes the PIN away."""
        self._context.current.act(lambda project: admin.clear_admin_pin(project, timestamp()), self._pin_taken, self._failed)

    @property
    def _can_seal(self) -> bool:
        sealed = self._state is not None and self._state.sealed is not None
        return self._context.current.writable and self._state is not None and (not sealed or self._key is not None)

    def _watch(self, job: Job | None) -> None:
        if job is not None:
            job.setObjectName(WORK)
            job.resumes = False
        self._view.show_job(job)

    def _not_read(self, error: BaseException) -> None:
        self._failed(error)
        self._changed()

    def _came(self, found: EvidenceState) -> None:
        self._state = found
        self._show()

    def _show(self) -> None:
        state = self._state
        if state is None or not stands(self._view):
            return
        self._view.allow(self._context.current.writable)
        self._view.show_state(state_lines(state, self._key.name if self._key is not None else ""), next_step(state))
        self._view.show_changes(changes_since(state))
        given = state.guarded and state.unlocked
        action = text("Change PIN") if given else text("Enter PIN") if state.guarded else text("Set PIN")
        self._view.show_admin(action, can_clear=given)
        self._changed()

    def _was_sealed(self, found: Sealed) -> None:
        self._context.messages.toast(" ".join(words.seal_lines(found)[:2]))

    def _pin_taken(self, _nothing: Any) -> None:
        self._view.forget_pin()
        self._context.messages.clear(WORK)
        self._context.messages.clear("error")  # of limits that the PIN kept from being changed

    def _packed(self, made: WrittenPack) -> None:
        said = words.packed(str(made.pack), made.n_records, made.n_figures, made.signed_by, made.n_people)
        self._context.messages.toast(" ".join(said))

    def _verified(self, found: Verified) -> None:
        bad = found.first_bad
        if bad is not None:
            said: tuple[str, ...] = (words.does_not_fit(found.pack.name, *bad, found.stored, found.now),)
        else:
            said = words.verified(found.pack.name, found.n_records, found.n_figures, found.signed_by, found.strange_verifier)
        self._context.messages.toast(" ".join(said))
        if stands(self._view):
            self._view.show_verified((*said, *words.seal_lines(found.seal)) if bad is None else said, fits=bad is None)


def _packing(out: Path, wish: PackWish) -> Callable[[Project, Progress], WrittenPack]:
    def work(project: Project, progress: Progress) -> WrittenPack:
        return pack_project.pack_project(project, out, wish, progress, timestamp())

    return work


def build(page: PacksPage, context: Context, changed: Callable[[], None]) -> PacksPresenter:
    """The presenter of this page, with its actions bound."""
    made, bind = PacksPresenter(page, context, changed), context.actions.bind

    def pack(folder: Path) -> None:
        made.pack(folder, page.recordings.isChecked(), page.people.isChecked())

    page.pin_given.connect(made.give_pin)
    page.pin_cleared.connect(made.clear_pin)
    bind("evidence.seal", made.seal)
    bind("evidence.key", lambda: choose_file(page, text("Choose signing key"), f"{text('All files')} (*)", made.take_key))
    bind("evidence.pack", lambda: choose_folder(page, text("Save evidence pack as"), pack))
    bind("evidence.verify", lambda: choose_pack(page, text("Verify evidence pack"), made.verify))
    bind("evidence.pin", page.pin.setFocus)
    return made
