"""Integrity check of a project folder: database, references between rows, files of the rows, and
passwords left in camera addresses."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from fieldcheck.errors.files import FieldcheckError, FolderGone
from fieldcheck.errors.projects import ProjectDamaged
from fieldcheck.evidence.open_pack import OwnedFile, find_unowned_files, list_owned_files
from fieldcheck.files import join_inside, map_os_errors, write_bytes
from fieldcheck.footage.camera.http_stream import HIDDEN, format_redacted_source, is_address
from fieldcheck.footage.recording_container import compute_recording_sha256
from fieldcheck.footage.recording_index import (
    HEADER_BYTES,
    ContainerHeader,
    decode_header,
    encode_header,
)
from fieldcheck.paths import DATABASE, RECORDINGS, REPORTS, TRASH
from fieldcheck.progress import Progress
from fieldcheck.project import lock as locks
from fieldcheck.project.backup import list_backups
from fieldcheck.project.connection import map_database_errors, open_for_writing
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.project.repair import find_faults, is_gone
from fieldcheck.project.repair import repair_project as repaired
from fieldcheck.project.tables import frames, project_state, recordings, redact

# Addresses of cameras that an earlier version stored with passwords in them: found, and taken out
# of everything in the project
# folder.

SUMS = "SHA256SUMS.txt"
READABLE = (".html", ".json", ".csv", ".txt", ".xml", ".yaml")


def find_stored_passwords(project: Project) -> Mapping[str, str]:
    """Find every stored address that contains secrets, and its redacted form; the longest first."""
    texts = {
        *project.read(redact.list_camera_texts),
        *(text for _, head in _iter_headers(project.path) for text in _list_header_texts(head)),
    }
    bare = {old: format_redacted_source(old) for old in texts if is_address(old)}
    return {
        old: bare[old]
        for old in sorted(bare, key=len, reverse=True)
        if _is_secret_hidden(old, bare[old])
    }


def remove_passwords(project: Project, passwords: Mapping[str, str]) -> Iterator[str]:
    """Replace the addresses by their redacted forms in the database, its backups, the indexes of
    recordings and reports. Yields the rewritten files, relative to the project. A PDF report that
    contained one is deleted, since it cannot be edited."""
    forms = _list_forms(passwords)
    _clean_database(project.path / DATABASE, forms)
    yield DATABASE
    for backup in list_backups(project.path):
        _clean_database(backup, forms)
        yield backup.relative_to(project.path).as_posix()
    for idx, head in _iter_headers(project.path):
        if any(text in passwords for text in _list_header_texts(head)):
            _clean_index(
                project, idx, replace(head, about=_redact_metadata(dict(head.about), passwords))
            )
            yield idx.relative_to(project.path).as_posix()
    for folder in sorted(
        path
        for path in (project.path / REPORTS).glob("*")
        if path.is_dir() and not path.is_symlink()
    ):
        if _clean_report(folder, forms):
            yield folder.relative_to(project.path).as_posix()


def _is_secret_hidden(old: str, bare: str) -> bool:
    """Whether the two differ by more than the spelling of the same address."""
    return bare.count(HIDDEN) > old.count(HIDDEN) or any(mark in old for mark in "@#")


def _list_forms(passwords: Mapping[str, str]) -> dict[str, str]:
    """List the spellings of an address in rows and in the files made from them."""
    ways = (
        str,
        html.escape,
        lambda form: html.escape(form).replace("&#x27;", "&#39;"),
        _to_json_form,
        _to_ascii_form,
        lambda form: form.replace('"', '""'),
    )
    return {way(old): way(new) for old, new in passwords.items() for way in ways}


def _to_json_form(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _to_ascii_form(text: str) -> str:
    return json.dumps(text)[1:-1]


def _clean_database(path: Path, forms: Mapping[str, str]) -> None:
    db = open_for_writing(path, "FULL")
    try:
        with map_database_errors(path):
            redact.replace_texts(db, forms)
            if path.name != DATABASE:  # a backup is one file
                db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()


def _iter_headers(root: Path) -> Iterator[tuple[Path, ContainerHeader]]:
    for idx in sorted((root / RECORDINGS).glob("*/*.idx")):
        if not idx.is_symlink() and not idx.parent.is_symlink():
            with idx.open("rb") as file:
                head = decode_header(file.read(HEADER_BYTES))
            if head is not None:
                yield idx, head


def _list_header_texts(head: ContainerHeader) -> tuple[str, ...]:
    return tuple(value for value in head.about.values() if isinstance(value, str))


def _redact_metadata(about: dict[str, object], passwords: Mapping[str, str]) -> dict[str, object]:
    return {
        key: passwords.get(value, value) if isinstance(value, str) else value
        for key, value in about.items()
    }


def _clean_index(project: Project, idx: Path, head: ContainerHeader) -> None:
    """The hash of the recording follows, where it was right before."""
    recording = project.read(lambda db: recordings.get_recording(db, head.recording_id))
    was_right = (
        recording is not None
        and bool(recording.sha256)
        and compute_recording_sha256(idx.parent) == recording.sha256
    )
    write_bytes(idx, encode_header(head) + idx.read_bytes()[HEADER_BYTES:])
    if was_right:
        project.write(
            lambda db: redact.set_sha256(
                db, head.recording_id, compute_recording_sha256(idx.parent)
            )
        ).result()


def _clean_report(folder: Path, forms: Mapping[str, str]) -> bool:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
    paths = [path for path in files if path.suffix in READABLE and _clean_text(path, forms)]
    if not paths:
        return False
    for path in files:
        if path.suffix == ".pdf":
            path.unlink()
    sums = [path for path in files if path.name != SUMS and path.suffix != ".pdf"]
    lines = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sums
    )
    write_bytes(folder / SUMS, lines.encode())
    return True


def _clean_text(path: Path, forms: Mapping[str, str]) -> bool:
    data = before = path.read_bytes()
    for old, new in forms.items():
        data = data.replace(old.encode(), new.encode())
    if data != before:
        write_bytes(path, data)
    return data != before


SECRETS = "recordings"


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind`: `database`, `loose_row`, `missing_file`, `changed_file`, `unreadable_file`,
    `orphan_file`, `unfinished_file`, `secret` (the address of a camera was stored with its
    password).

    `where` is a path in the project, or table and key; `what` the figures.
    """

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`repaired`: the places that were put right, or the repaired copy of the whole project;
    `backup` made before, or the one that a repaired copy needed, or empty. `taken_back`: how many
    rows of which table are as that backup held them."""

    problems: tuple[Problem, ...]
    repaired: tuple[str, ...] = ()
    backup: str = ""
    taken_back: tuple[tuple[str, int], ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether no problem was found."""
        return not self.problems

    @property
    def is_resolved(self) -> bool:
        """Whether no problem is left: each was repaired, or a repaired copy replaces a damaged
        database."""
        return all(
            bool(self.repaired) if problem.kind == "database" else problem.where in self.repaired
            for problem in self.problems
        )


def check_project(path: Path, repair: bool, progress: Progress) -> CheckResult:
    """Check the whole project and hash every file again. `repair` restores files without a row
    where a row misses them, moves the others into `trash/`, and makes a repaired copy of a project
    whose database is damaged. Raises what `open_project` raises, except that a damaged database is
    a finding; Cancelled."""
    path = path.absolute()
    try:
        with open_project(path, write=False) as project:
            faults = project.read(project_state.check_thorough)
            if faults:
                raise ProjectDamaged(path, faults[0])
            unfit = project.read(find_faults)
            if unfit:  # An unreadable value is found only when it is read.
                raise ProjectDamaged(path, "; ".join(problem for _, problem in unfit))
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
    if passwords := find_stored_passwords(project):
        yield SECRETS
        yield from remove_passwords(project, passwords)


def _find_problems(project: Project, progress: Progress) -> Iterator[Problem]:
    if passwords := find_stored_passwords(project):
        yield Problem("secret", SECRETS, f"{len(passwords)}")
    for table, key in project.read(project_state.find_dangling_rows):
        yield Problem("loose_row", f"{table} {key}", "")
    files = project.read(list_owned_files)
    for done, file in enumerate(files):
        progress.check()
        progress.report(done, len(files), "files")
        yield from _check_file(project.path, file, progress)
    # Files of an import that is under way have no rows yet.
    if not locks.is_held(project.path):
        for where in find_unowned_files(
            project.path, project.read(list_owned_files), project.read(frames.list_frame_ids)
        ):
            yield Problem(
                "unfinished_file" if where.endswith(".part") else "orphan_file", where, ""
            )


def _check_file(root: Path, owned_file: OwnedFile, progress: Progress) -> Iterator[Problem]:
    try:
        path = join_inside(root, owned_file.where)
        if not owned_file.sha256 and not path.exists():
            # a recording that was killed before its first frame; the next opening for writing takes
            # it out
            return
        if missing := [
            where for where in owned_file.list_paths(root) if not join_inside(root, where).exists()
        ]:
            yield from (Problem("missing_file", where, owned_file.sha256) for where in missing)
            return
        sha256 = owned_file.hash_of(path, progress)
    except (FieldcheckError, OSError) as error:  # Every unreadable file is reported.
        yield Problem("unreadable_file", owned_file.where, repr(error))
        return
    if owned_file.sha256 and sha256 != owned_file.sha256:
        yield Problem("changed_file", owned_file.where, sha256)


def _repair_files(
    project: Project, problems: tuple[Problem, ...], progress: Progress
) -> Iterator[str]:
    """Restore files without a row where a row misses them, and move the rest to the trash; yields
    the restored paths."""
    missing = {problem.where for problem in problems if problem.kind == "missing_file"}
    orphans = [
        join_inside(project.path, problem.where)
        for problem in problems
        if problem.kind in ("orphan_file", "unfinished_file")
    ]
    for owned_file in project.read(list_owned_files):
        if (
            missing.intersection(owned_file.list_paths(project.path))
            and (moved := _find_moved_file(owned_file, orphans, progress)) is not None
        ):
            yield from _put_back(project.path, owned_file, moved)
    trash = project.path / TRASH / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for orphan in orphans:
        where = orphan.relative_to(project.path)
        if orphan.exists():
            _move_file(orphan, trash / where)
        yield where.as_posix()


def _put_back(root: Path, owned_file: OwnedFile, path: Path) -> Iterator[str]:
    """Move a file and its parts where a row misses them; yields their paths."""
    target = join_inside(root, owned_file.where)
    target_by_path = {path: target} | {
        part: target.parent / part.relative_to(path.parent) for part in owned_file.list_parts(path)
    }
    for source, position in target_by_path.items():
        if not position.exists():
            _move_file(source, position)
            yield position.relative_to(root).as_posix()


def _find_moved_file(owned_file: OwnedFile, orphans: list[Path], progress: Progress) -> Path | None:
    """Find the file without a row that has the missing file's content; None without one."""
    for orphan in orphans:
        candidates = [orphan, *sorted(orphan.iterdir())] if orphan.is_dir() else [orphan]
        for path in candidates:
            if _is_same_file(owned_file, path, progress):
                return path
    return None


def _is_same_file(owned_file: OwnedFile, path: Path, progress: Progress) -> bool:
    if path.is_dir() != owned_file.is_folder:
        return False
    try:
        return owned_file.hash_of(path, progress) == owned_file.sha256
    except (FieldcheckError, OSError):
        return False  # It cannot be read at all.


def _move_file(source: Path, target: Path) -> None:
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
