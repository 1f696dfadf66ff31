"""Whether a project folder is sound: its database, the rows against each other, the files against the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fieldcheck.errors import FieldcheckError, FolderGone, ProjectDamaged
from fieldcheck.files import join_inside, map_os_errors
from fieldcheck.progress import Progress
from fieldcheck.project import audit, camera_passwords
from fieldcheck.project import lock as locks
from fieldcheck.project.folder import Project, open_project
from fieldcheck.project.inventory import OwnedFile, find_unowned_files, list_owned_files
from fieldcheck.project.layout import DATABASE, TRASH
from fieldcheck.project.repair import repair_project as repaired
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
class CheckResult:
    """`repaired`: the places that were put right, or the repaired copy of the whole project; `backup` made before, or
    the one that a repaired copy needed, or empty. `taken_back`: how many rows of which table are as that backup held them."""

    problems: tuple[Problem, ...]
    repaired: tuple[str, ...] = ()
    backup: str = ""
    taken_back: tuple[tuple[str, int], ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems

    @property
    def is_resolved(self) -> bool:
        """Whether nothing is wrong any more: every problem was put right, or a sound copy stands in for a damaged database."""
        return all(bool(self.repaired) if one.kind == "database" else one.where in self.repaired for one in self.problems)


def check_project(path: Path, repair: bool, progress: Progress) -> CheckResult:
    """Look at everything, hashing every file again. `repair` puts files without a row where a row misses them, moves the others into
    `trash/`, and makes a repaired copy of a project whose database is damaged.

    Raises what `open_project` raises, except that a damaged database is a finding; Cancelled.
    """
    path = path.absolute()
    try:
        with open_project(path, write=False) as project:
            faults = project.read(integrity.check_thorough)
            if faults:
                raise ProjectDamaged(path, faults[0])
            unfit = project.read(audit.find_faults)
            if unfit:  # a value that nobody can read shows only when it is asked for
                raise ProjectDamaged(path, "; ".join(said for _, said in unfit))
            problems = tuple(_find_problems(project, progress))
        if problems and is_gone(path):
            raise FolderGone(path)
    except ProjectDamaged as error:
        if is_gone(path):
            raise FolderGone(path) from error
        damage = (Problem("database", DATABASE, error.problem),)
        if not repair:
            return CheckResult(damage)
        copy = repaired(path)
        return CheckResult(damage, (str(copy.folder),), copy.backup, copy.taken_back)
    if not repair or not problems:
        return CheckResult(problems)
    with open_project(path) as project:
        backup = project.create_backup()
        mended = (*_repair_files(project, problems, progress), *_remove_camera_passwords(project))
        return CheckResult(problems, mended, str(backup.relative_to(path)))


def _remove_camera_passwords(project: Project) -> Iterator[str]:
    if told := camera_passwords.find_stored_passwords(project):
        yield SECRETS
        yield from camera_passwords.remove_passwords(project, told)


def _find_problems(project: Project, progress: Progress) -> Iterator[Problem]:
    if told := camera_passwords.find_stored_passwords(project):
        yield Problem("secret", SECRETS, f"{len(told)}")
    for table, key in project.read(integrity.find_dangling_rows):
        yield Problem("loose_row", f"{table} {key}", "")
    files = project.read(list_owned_files)
    for done, one in enumerate(files):
        progress.check()
        progress.report(done, len(files), "files")
        yield from _check_file(project.path, one, progress)
    # Files of an import that is under way have no rows yet.
    if not locks.is_held(project.path):
        for where in find_unowned_files(project.path, project.read(list_owned_files), project.read(frames.list_frame_ids)):
            yield Problem("unfinished_file" if where.endswith(".part") else "orphan_file", where, "")


def _check_file(root: Path, one: OwnedFile, progress: Progress) -> Iterator[Problem]:
    try:
        path = join_inside(root, one.where)
        if not one.sha256 and not path.exists():
            return  # a recording that was killed before its first frame; the next opening for writing takes it out
        if missing := [where for where in one.list_paths(root) if not join_inside(root, where).exists()]:
            yield from (Problem("missing_file", where, one.sha256) for where in missing)
            return
        sha256 = one.hash_of(path, progress)
    except (FieldcheckError, OSError) as error:  # every one that cannot be read is told
        yield Problem("unreadable_file", one.where, repr(error))
        return
    if one.sha256 and sha256 != one.sha256:
        yield Problem("changed_file", one.where, sha256)


def _repair_files(project: Project, problems: tuple[Problem, ...], progress: Progress) -> Iterator[str]:
    """Put files without a row where a row misses them, and the rest aside; yields the places that are right now."""
    missing = {problem.where for problem in problems if problem.kind == "missing_file"}
    orphans = [join_inside(project.path, problem.where) for problem in problems if problem.kind in ("orphan_file", "unfinished_file")]
    for one in project.read(list_owned_files):
        if missing.intersection(one.list_paths(project.path)) and (found := _find_moved_file(one, orphans, progress)) is not None:
            yield from _put_back(project.path, one, found)
    trash = project.path / TRASH / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for orphan in orphans:
        where = orphan.relative_to(project.path)
        if orphan.exists():
            _move_file(orphan, trash / where)
        yield where.as_posix()


def _put_back(root: Path, one: OwnedFile, found: Path) -> Iterator[str]:
    """Puts a file and its parts where a row misses them; yields their places."""
    target = join_inside(root, one.where)
    came = {found: target} | {part: target.parent / part.relative_to(found.parent) for part in one.list_parts(found)}
    for source, place in came.items():
        if not place.exists():
            _move_file(source, place)
            yield place.relative_to(root).as_posix()


def _find_moved_file(one: OwnedFile, orphans: list[Path], progress: Progress) -> Path | None:
    """The file without a row that is the one missing, by its content; None where there is none."""
    for orphan in orphans:
        candidates = [orphan, *sorted(orphan.iterdir())] if orphan.is_dir() else [orphan]
        for path in candidates:
            if _is_same_file(one, path, progress):
                return path
    return None


def _is_same_file(one: OwnedFile, path: Path, progress: Progress) -> bool:
    if path.is_dir() != one.is_folder:
        return False
    try:
        return one.hash_of(path, progress) == one.sha256
    except (FieldcheckError, OSError):
        return False  # it cannot even be read as one


def _move_file(source: Path, target: Path) -> None:
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
