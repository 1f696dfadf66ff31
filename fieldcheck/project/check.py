"""Whether a project folder is sound: its database, the rows against each other, the files against the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fieldcheck.errors import FieldcheckError, FolderGone, ProjectDamaged
from fieldcheck.files import inside, map_os_errors
from fieldcheck.progress import Progress
from fieldcheck.project import audit, camera_passwords
from fieldcheck.project import lock as locks
from fieldcheck.project.folder import Project, open_project
from fieldcheck.project.inventory import Owned, owned, without_row
from fieldcheck.project.layout import DATABASE, TRASH
from fieldcheck.project.repair import repair as repaired
from fieldcheck.project.root_cause import is_gone
from fieldcheck.project.tables import frames, integrity

SECRETS = "recordings"


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind`: `database`, `loose_row`, `missing_file`, `changed_file`, `unreadable_file`, `orphan_file`, `unfinished_file`,
    `secret` (the address of a camera was stored with its password).

    `where` is a path in the project, or table and key; `what` the figures.
    """

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class ProjectCheck:
    """`repaired`: the places that were put right, or the repaired copy of the whole project; `backup` made before, or
    the one that a repaired copy needed, or empty. `taken_back`: how many rows of which table are as that backup held them."""

    problems: tuple[Problem, ...]
    repaired: tuple[str, ...] = ()
    backup: str = ""
    taken_back: tuple[tuple[str, int], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems

    @property
    def settled(self) -> bool:
        """Whether nothing is wrong any more: every problem was put right, or a sound copy stands in for a damaged database."""
        return all(bool(self.repaired) if one.kind == "database" else one.where in self.repaired for one in self.problems)


def check(path: Path, repair: bool, progress: Progress) -> ProjectCheck:
    """Look at everything, hashing every file again. `repair` puts files without a row where a row misses them, moves the others into
    `trash/`, and makes a repaired copy of a project whose database is damaged.

    Raises what `open_project` raises, except that a damaged database is a finding; Cancelled.
    """
    path = path.absolute()
    try:
        with open_project(path, write=False) as project:
            faults = project.read(integrity.thorough)
            if faults:
                raise ProjectDamaged(path, faults[0])
            unfit = project.read(audit.faults)
            if unfit:  # a value that nobody can read shows only when it is asked for
                raise ProjectDamaged(path, "; ".join(said for _, said in unfit))
            problems = tuple(_problems(project, progress))
        if problems and is_gone(path):
            raise FolderGone(path)
    except ProjectDamaged as error:
        if is_gone(path):
            raise FolderGone(path) from error
        damage = (Problem("database", DATABASE, error.problem),)
        if not repair:
            return ProjectCheck(damage)
        copy = repaired(path)
        return ProjectCheck(damage, (str(copy.folder),), copy.backup, copy.taken_back)
    if not repair or not problems:
        return ProjectCheck(problems)
    with open_project(path) as project:
        backup = project.backup()
        mended = (*_mend(project, problems, progress), *_clean(project))
        return ProjectCheck(problems, mended, str(backup.relative_to(path)))


def _clean(project: Project) -> Iterator[str]:
    if told := camera_passwords.telling(project):
        yield SECRETS
        yield from camera_passwords.clean(project, told)


def _problems(project: Project, progress: Progress) -> Iterator[Problem]:
    if told := camera_passwords.telling(project):
        yield Problem("secret", SECRETS, f"{len(told)}")
    for table, key in project.read(integrity.loose):
        yield Problem("loose_row", f"{table} {key}", "")
    files = project.read(owned)
    for done, one in enumerate(files):
        progress.check()
        progress.report(done, len(files), "files")
        yield from _against_row(project.path, one, progress)
    # Files of an import that is under way have no rows yet.
    if not locks.is_held(project.path):
        for where in without_row(project.path, project.read(owned), project.read(frames.ids)):
            yield Problem("unfinished_file" if where.endswith(".part") else "orphan_file", where, "")


def _against_row(root: Path, one: Owned, progress: Progress) -> Iterator[Problem]:
    try:
        path = inside(root, one.where)
        if not one.sha256 and not path.exists():
            return  # a recording that was killed before its first frame; the next opening for writing takes it out
        if missing := [where for where in one.places(root) if not inside(root, where).exists()]:
            yield from (Problem("missing_file", where, one.sha256) for where in missing)
            return
        sha256 = one.hash_of(path, progress)
    except (FieldcheckError, OSError) as error:  # every one that cannot be read is told
        yield Problem("unreadable_file", one.where, repr(error))
        return
    if one.sha256 and sha256 != one.sha256:
        yield Problem("changed_file", one.where, sha256)


def _mend(project: Project, problems: tuple[Problem, ...], progress: Progress) -> Iterator[str]:
    """Put files without a row where a row misses them, and the rest aside; yields the places that are right now."""
    missing = {problem.where for problem in problems if problem.kind == "missing_file"}
    orphans = [inside(project.path, problem.where) for problem in problems if problem.kind in ("orphan_file", "unfinished_file")]
    for one in project.read(owned):
        if missing.intersection(one.places(project.path)) and (found := _find(one, orphans, progress)) is not None:
            yield from _put_back(project.path, one, found)
    trash = project.path / TRASH / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for orphan in orphans:
        where = orphan.relative_to(project.path)
        if orphan.exists():
            _move(orphan, trash / where)
        yield where.as_posix()


def _put_back(root: Path, one: Owned, found: Path) -> Iterator[str]:
    """Puts a file and its parts where a row misses them; yields their places."""
    target = inside(root, one.where)
    came = {found: target} | {part: target.parent / part.relative_to(found.parent) for part in one.parts(found)}
    for source, place in came.items():
        if not place.exists():
            _move(source, place)
            yield place.relative_to(root).as_posix()


def _find(one: Owned, orphans: list[Path], progress: Progress) -> Path | None:
    """The file without a row that is the one missing, by its content; None where there is none."""
    for orphan in orphans:
        candidates = [orphan, *sorted(orphan.iterdir())] if orphan.is_dir() else [orphan]
        for path in candidates:
            if _is(one, path, progress):
                return path
    return None


def _is(one: Owned, path: Path, progress: Progress) -> bool:
    if path.is_dir() != one.is_folder:
        return False
    try:
        return one.hash_of(path, progress) == one.sha256
    except (FieldcheckError, OSError):
        return False  # it cannot even be read as one


def _move(source: Path, target: Path) -> None:
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
