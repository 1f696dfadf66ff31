"""Overview of the evidence in the window: what is sealed and what is not, packs made and verified as jobs, a PIN that guards the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.files import find_unused_path
from fieldcheck.paths import PACK_ENDING
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.body import BodyLoader
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import is_alive
from fieldcheck.ui.screens.evidence.packs_page import PacksPage
from fieldcheck.ui.widgets.choose import choose_file, choose_folder, choose_pack
from fieldcheck.ui.widgets.job_strip import find_running_job
from fieldcheck.words import evidence as words
from fieldcheck.words import language
from fieldcheck.words.evidence_state import StateLine, build_state_lines, describe_next_step, list_changes_since_seal
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.evidence_state import EvidenceState
    from fieldcheck.domain.seal import SealState
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.evidence import pack_project, seal_project, state_of_evidence, verify
    from fieldcheck.workflows.evidence.pack_project import PackOptions, WrittenPack
    from fieldcheck.workflows.evidence.verify import VerifyResult
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
    def show_pin_action(self, action: str, can_clear: bool) -> None: ...
    def clear_pin_field(self) -> None: ...
    def show_pin_error(self, said: str) -> None: ...
    def show_verification(self, lines: Sequence[str], fits: bool) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def set_writable(self, on: bool) -> None: ...


class PacksPresenter:
    """The key that signs is only read, and forgotten with the project; `changed()`: other things can be done."""

    def __init__(self, view: PacksDisplay, context: Context, changed: Callable[[], None] = lambda: None) -> None:
        self._view, self._context, self._changed = view, context, changed
        self._failed = partial(context.messages.show_error, key=WORK)
        self.body = BodyLoader(context.current)
        self._state: EvidenceState | None = None
        self._key: Path | None = None

    def load_data(self) -> None:
        """Reads how the evidence of the project that is open stands."""
        self._view.show_job(find_running_job(self._context.runner, WORK))
        self.body.query(lambda project: state_of_evidence.get_evidence_state(project), self._on_state_loaded, self._on_load_failed)

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
        """The seal comes before everything else, and is not taken twice."""
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
            self._context.current.run_edit(
                lambda project: seal_project.create_seal(project, key, get_timestamp()), self._on_sealed, self._failed
            )

    def create_pack(self, folder: Path, recordings: bool, with_people: bool) -> None:
        """Makes a pack in a folder, as a job that can be cancelled; nothing that stands there is touched."""
        if find_running_job(self._context.runner, WORK) is not None or not self._context.current.writable:
            return
        out = find_unused_path(folder, f"{self._context.current.name}_{datetime.now():%Y-%m-%d}", PACK_ENDING)
        spoken = self._context.preferences.settings.report_language or language.get_language()
        wish = pack_project.PackOptions(recordings, self._key, spoken if spoken in language.LANGUAGES else "en", with_people=with_people)
        self._context.messages.clear_banner(WORK)
        self._show_job(
            self._context.current.run_job(lambda: tr("Create evidence pack"), _create_pack_work(out, wish), self._on_packed, self._failed)
        )

    def verify_pack(self, path: Path) -> None:
        """Verifies a pack; no project needs to be open."""
        self._view.show_verification((), fits=True)
        self._context.messages.clear_banner(WORK)

        def run_verification(progress: Progress) -> VerifyResult:
            return verify.verify_pack(path, progress)

        self._show_job(
            self._context.runner.start_job(lambda: tr("Verify evidence pack"), run_verification, self._on_verified, self._failed)
        )

    def submit_pin(self, pin: str) -> None:
        """Takes a PIN that was typed: the one that stands, or a new one where there is none or it was given."""
        self._view.show_pin_error("")
        if self._state is not None and self._state.guarded and not self._state.unlocked:
            self._context.current.run_edit(lambda project: admin.enable_admin_access(project, pin), self._on_pin_accepted, self._failed)
        elif len(pin) < admin.SHORTEST_PIN:
            self._view.show_pin_error(tr("The PIN must have at least {n} letters or digits.").format(n=admin.SHORTEST_PIN))
        else:
            self._context.current.run_edit(
                lambda project: admin.set_admin_pin(project, pin, get_timestamp()), self._on_pin_accepted, self._failed
            )

    def remove_pin(self) -> None:
        """Takes the PIN away."""
        self._context.current.run_edit(lambda project: admin.clear_admin_pin(project, get_timestamp()), self._on_pin_accepted, self._failed)

    @property
    def _can_seal(self) -> bool:
        sealed = self._state is not None and self._state.sealed is not None
        return self._context.current.writable and self._state is not None and (not sealed or self._key is not None)

    def _show_job(self, job: Job | None) -> None:
        if job is not None:
            job.setObjectName(WORK)
            job.resumes = False
        self._view.show_job(job)

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        self._changed()

    def _on_state_loaded(self, found: EvidenceState) -> None:
        self._state = found
        self._show_state()

    def _show_state(self) -> None:
        state = self._state
        if state is None or not is_alive(self._view):
            return
        self._view.set_writable(self._context.current.writable)
        self._view.show_state(build_state_lines(state, self._key.name if self._key is not None else ""), describe_next_step(state))
        self._view.show_changes(list_changes_since_seal(state))
        given = state.guarded and state.unlocked
        action = tr("Change PIN") if given else tr("Enter PIN") if state.guarded else tr("Set PIN")
        self._view.show_pin_action(action, can_clear=given)
        self._changed()

    def _on_sealed(self, found: SealState) -> None:
        self._context.messages.show_toast(" ".join(words.list_seal_lines(found)[:2]))

    def _on_pin_accepted(self, _nothing: Any) -> None:
        self._view.clear_pin_field()
        self._context.messages.clear_banner(WORK)
        self._context.messages.clear_banner("error")  # of limits that the PIN kept from being changed

    def _on_packed(self, made: WrittenPack) -> None:
        said = words.list_pack_lines(str(made.pack), made.n_records, made.n_figures, made.signed_by, made.n_people)
        self._context.messages.show_toast(" ".join(said))

    def _on_verified(self, found: VerifyResult) -> None:
        bad = found.first_bad
        if bad is not None:
            said: tuple[str, ...] = (words.describe_pack_mismatch(found.pack.name, *bad, found.stored, found.now),)
        else:
            said = words.list_verification_lines(found.pack.name, found.n_records, found.n_figures, found.signed_by, found.strange_verifier)
        self._context.messages.show_toast(" ".join(said))
        if is_alive(self._view):
            self._view.show_verification((*said, *words.list_seal_lines(found.seal)) if bad is None else said, fits=bad is None)


def _create_pack_work(out: Path, wish: PackOptions) -> Callable[[Project, Progress], WrittenPack]:
    def write_pack(project: Project, progress: Progress) -> WrittenPack:
        return pack_project.pack_project(project, out, wish, progress, get_timestamp())

    return write_pack


def create_packs_presenter(page: PacksPage, context: Context, changed: Callable[[], None]) -> PacksPresenter:
    """The presenter of this page, with its actions bound."""
    made, bind = PacksPresenter(page, context, changed), context.actions.bind_action

    def pack_to_folder(folder: Path) -> None:
        made.create_pack(folder, page.recordings.isChecked(), page.people.isChecked())

    page.pin_entered.connect(made.submit_pin)
    page.pin_removed.connect(made.remove_pin)
    bind("evidence.seal", made.create_seal)
    bind("evidence.key", lambda: choose_file(page, tr("Choose signing key"), f"{tr('All files')} (*)", made.set_signing_key))
    bind("evidence.pack", lambda: choose_folder(page, tr("Save evidence pack as"), pack_to_folder))
    bind("evidence.verify", lambda: choose_pack(page, tr("Verify evidence pack"), made.verify_pack))
    bind("evidence.pin", page.pin.setFocus)
    return made
