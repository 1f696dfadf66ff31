"""Evidence pack in the window: made beside the report as a job, verified on demand, and how the seal of the project stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldcheck.files import free_place
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.late import Late
from fieldcheck.words import evidence as words
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.seal import Sealed
    from fieldcheck.progress import Progress
    from fieldcheck.project.folder import Project
    from fieldcheck.workflows.evidence import pack_project, seal_project, verify
    from fieldcheck.workflows.evidence.pack_project import WrittenPack
    from fieldcheck.workflows.evidence.verify import Verified
else:
    pack_project = Late("fieldcheck.workflows.evidence.pack_project")
    seal_project = Late("fieldcheck.workflows.evidence.seal_project")
    verify = Late("fieldcheck.workflows.evidence.verify")


class SealDisplay(Protocol):
    """The line that tells how the seal stands."""

    def show_seal(self, said: str, about: str) -> None: ...


class PackPresenter:
    """`aim` says where packs go: the place that is chosen for the report."""

    def __init__(self, view: SealDisplay, context: Context) -> None:
        self._view, self._context = view, context
        self._place: Path | None = None

    def look(self) -> None:
        """Reads the seal of the project that is open."""
        self._context.current.ask(lambda project: seal_project.seal_of(project), self._came)

    def aim(self, place: Path | None) -> None:
        """Another place was chosen."""
        self._place = place

    def pack(self) -> None:
        """Makes a pack in the chosen place, as a job that can be cancelled; nothing that stands there is touched."""
        project, place = self._context.current.project, self._place
        if project is None or place is None or not self._context.current.writable:
            return
        out = free_place(place, f"{self._context.current.name}_{datetime.now():%Y-%m-%d}", ".fcpack")
        self._context.current.job(text("Make the evidence pack"), _packing(out), self._packed, self._failed)

    def verify(self, path: Path) -> None:
        """Verifies a pack; no project needs to be open."""
        self._context.runner.start(text("Verify an evidence pack"), _verifying(path), self._verified, self._failed)

    def _came(self, found: Sealed | None) -> None:
        lines = words.seal_lines(found)
        self._view.show_seal(words.seal_short(found), "\n".join(lines))

    def _packed(self, made: WrittenPack) -> None:
        self._context.messages.toast(" ".join(words.packed(str(made.pack), made.n_records, made.n_figures, made.signed_by, made.n_people)))

    def _verified(self, found: Verified) -> None:
        fitting = (*words.verified(str(found.pack), found.n_records, found.n_figures, found.signed_by), *words.seal_lines(found.seal))
        bad = found.first_bad
        said = " ".join(fitting) if bad is None else words.does_not_fit(str(found.pack), *bad, found.stored, found.now)
        self._context.messages.toast(said)

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, "report")


def _verifying(path: Path) -> Callable[[Progress], Verified]:
    return lambda progress: verify.verify_pack(path, progress)


def _packing(out: Path) -> Callable[[Project, Progress], WrittenPack]:
    def work(project: Project, progress: Progress) -> WrittenPack:
        out.parent.mkdir(parents=True, exist_ok=True)
        return pack_project.pack_project(project, out, pack_project.PackWish(), progress, timestamp())

    return work
