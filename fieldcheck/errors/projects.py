"""Errors with a project: its folder, its database, its history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors.files import FieldcheckError


@dataclass(eq=False, repr=False)
class ProjectExists(FieldcheckError):
    """There is already something at the place of the new project."""

    path: Path


@dataclass(eq=False, repr=False)
class PathOccupied(FieldcheckError):
    """Something else stands already where the sample project or an export would be made."""

    path: Path


@dataclass(eq=False, repr=False)
class NotAProject(FieldcheckError):
    """`path` is no project folder; `problem`: `no_database`, `around` (`detail`: the projects that
    lie in it), `foreign_schema`, `not_sqlite`."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class ProjectLocked(FieldcheckError):
    """Another process has the project open for writing."""

    path: Path
    machine: str
    process: int
    since: str


@dataclass(eq=False, repr=False)
class ProjectOnlyRead(FieldcheckError):
    """An act on a project that is open for reading here."""

    path: Path


@dataclass(eq=False, repr=False)
class ProjectClosed(FieldcheckError):
    """Somebody works on with a project after its `close`; `problem`: `closed`, `forked` (it was
    opened before this process was forked)."""

    path: Path
    problem: str


@dataclass(eq=False, repr=False)
class ProjectNewer(FieldcheckError):
    """The project was last written by a later version; it can be read, not written."""

    path: Path
    its_version: str
    our_version: str


@dataclass(eq=False, repr=False)
class ProjectDamaged(FieldcheckError):
    """The database fails its own check. It was not written; `repaired` is the repaired copy where
    one was made."""

    path: Path
    problem: str
    repaired: Path | None = None


@dataclass(eq=False, repr=False)
class UndoRefused(FieldcheckError):
    """Undo refused: what the act left behind was changed since by something that is not in the
    history."""

    act: str
    table: str
    key: str


@dataclass(eq=False, repr=False)
class NothingToUndo(FieldcheckError):
    """`direction` is `undo` or `redo`; `act`: the one that is next, where it is none of those that
    were asked for."""

    direction: str
    act: str = ""


@dataclass(eq=False, repr=False)
class ReportRefused(FieldcheckError):
    """A report to compare with cannot be used; `problem`: `none` there, `unreadable`, `other` than
    a summary.json of Fieldcheck."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class PackRefused(FieldcheckError):
    """An evidence pack cannot be made or opened; `problem`: `not_pack`, `end`, `header`, `content`,
    `size`, `name`, `absolute`, `outside`, `duplicate`, `link`, `compressed`, `missing`, `unknown`,
    `chain`, `statement`, `signature`, `signatures`, `large`, `newer`, `database`. `detail` is the
    file in it, what is wrong with its database, or the version that made a newer one."""

    path: Path
    problem: str
    detail: str = ""


@dataclass(eq=False, repr=False)
class MergeRefused(FieldcheckError):
    """Labels of another project cannot be merged in; `problem`: `none` of its labelled frames is
    picked here, `class`: it has one that is not this project's. `detail` is the first frame, or the
    class."""

    path: Path
    problem: str
    detail: str


@dataclass(eq=False, repr=False)
class KeyRefused(FieldcheckError):
    """A file holds no Ed25519 key that can sign; `problem`: `format`, `encrypted`, `kind`, `often`
    (the seal takes no more signatures)."""

    path: Path
    problem: str


@dataclass(eq=False, repr=False)
class AdminNeeded(FieldcheckError):
    """A PIN guards the limits; `problem`: `locked` (none was given), `wrong`, `unset` (there is
    none to take away)."""

    path: Path
    problem: str
