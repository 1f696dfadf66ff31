"""Errors with a project: its folder, its database, its history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.i18n.language import Msgid, msgid, tr
from fieldcheck.timestamp import parse_local_time


@dataclass(eq=False, repr=False)
class ProjectExists(FieldcheckError):
    """There is already something at the place of the new project."""

    path: Path

    message = msgid("{path} already exists. It was not changed. Choose another name.")


@dataclass(eq=False, repr=False)
class PathOccupied(FieldcheckError):
    """Something else stands already where the sample project or an export would be made."""

    path: Path

    message = msgid("{path} already contains other data. It was not changed. Choose another path.")


@dataclass(eq=False, repr=False)
class NotAProject(FieldcheckError):
    """`path` is no project folder; `problem`: `no_database`, `around` (`detail`: the projects that
    lie in it), `foreign_schema`, `not_sqlite`."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid(
        "{path}: project.db is not a database. It was not changed. Choose another folder, "
        "or a backup."
    )
    problems: ClassVar = {
        "no_database": msgid(
            "{path} is not a project folder (no project.db). Nothing was changed. Select "
            "a project folder, or create a project{remedy}."
        ),
        "around": msgid(
            "{path} is not a project folder; it only contains {detail}. Nothing was "
            "changed. Select the project inside it."
        ),
        "foreign_schema": msgid(
            "{path} contains a database of another program. It was not changed. Choose "
            "another folder."
        ),
    }
    remedy = "new"


@dataclass(eq=False, repr=False)
class FleetRefused(FieldcheckError):
    """A fleet folder cannot be used; `problem`: `newer` (a later version wrote it), `damaged` (a
    file of it, in `detail`), `empty` (no project was added), `no_facts` (the project at `path` has
    no model, no footage or no answers); `detail`: the file or the version."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid(
        "{path} is not a fleet folder. It was not changed. Select a fleet folder, or add a project "
        "to a new one."
    )
    problems: ClassVar = {
        "newer": msgid(
            "{path} was written by a newer version{seen}. It was not changed. Update Fieldcheck, "
            "then try again."
        ),
        "damaged": msgid(
            "{path}: file {detail} is damaged. Nothing was changed. Add its project to the fleet "
            "again."
        ),
        "empty": msgid(
            "Fleet {path} contains no project. Nothing was changed. Add a project first."
        ),
        "no_facts": msgid(
            "{path} has no footage with predictions. Nothing was added. Run the model first."
        ),
    }


@dataclass(eq=False, repr=False)
class ProjectLocked(FieldcheckError):
    """Another process has the project open for writing."""

    path: Path
    machine: str
    process: int
    since: str

    message = msgid(
        "{path} is open on {machine} (process {process}, since {since}). Nothing was changed. "
        "Close it there, then try again."
    )
    unnamed_message = msgid(
        "{path} is open in another program. Nothing was changed. Close it there, then try again."
    )

    def get_sentence(self) -> Msgid:
        return self.message if self.machine else self.unnamed_message

    def get_values(self) -> dict[str, object]:
        return {**super().get_values(), "since": _format_minute(self.since)}


@dataclass(eq=False, repr=False)
class ProjectOnlyRead(FieldcheckError):
    """An act on a project that is open for reading here."""

    path: Path

    message = msgid(
        "{path} is open read-only. Nothing was changed. Correct the cause reported on "
        "opening, then open it again."
    )


@dataclass(eq=False, repr=False)
class ProjectClosed(FieldcheckError):
    """Somebody works on with a project after its `close`; `problem`: `closed`, `forked` (it was
    opened before this process was forked)."""

    path: Path
    problem: str

    message = msgid("{path} is closed. Data saved before is safe. Open it again, then try again.")
    problems: ClassVar = {
        "forked": msgid(
            "{path} was opened before this process was forked. Data saved before is safe. "
            "Open it in the process that uses it."
        )
    }


@dataclass(eq=False, repr=False)
class ProjectNewer(FieldcheckError):
    """The project was last written by a later version; it can be read, not written."""

    path: Path
    its_version: str
    our_version: str

    message = msgid(
        "{path} was last saved by Fieldcheck {its}; this is {ours}. The project is open "
        "read-only. Update Fieldcheck to edit it."
    )

    def get_values(self) -> dict[str, object]:
        its, ours = to_one_line(self.its_version), to_one_line(self.our_version)
        return {**super().get_values(), "its": its, "ours": ours}


@dataclass(eq=False, repr=False)
class ProjectDamaged(FieldcheckError):
    """The database fails its own check. It was not written; `repaired` is the repaired copy where
    one was made."""

    path: Path
    problem: str
    repaired: Path | None = None

    message = msgid(
        "The database of {path} is damaged ({problem}). It was not changed. Create a repaired "
        "copy{remedy}."
    )
    problems: ClassVar = {
        "nothing_left": msgid(
            "The database of {path} is damaged and cannot be repaired. It was not changed. "
            "Continue with the newest file in the backups folder."
        )
    }
    repaired_message = msgid(
        "The database of {path} is damaged ({problem}). The original is unchanged; a repaired "
        "copy is at {repaired}. Check the copy before you continue with it."
    )
    remedy = "repair"

    def get_sentence(self) -> Msgid:
        return super().get_sentence() if self.repaired is None else self.repaired_message

    def get_values(self) -> dict[str, object]:
        return {**super().get_values(), "problem": _describe_damage(self.problem)}


@dataclass(eq=False, repr=False)
class UndoRefused(FieldcheckError):
    """Undo refused: what the act left behind was changed since by something that is not in the
    history."""

    act: str
    table: str
    key: str

    message = msgid(
        "Cannot undo or redo {act}: {key} has a newer value. Nothing was changed. Make "
        "the change manually."
    )


@dataclass(eq=False, repr=False)
class NothingToUndo(FieldcheckError):
    """`direction` is `undo` or `redo`; `act`: the one that is next, where it is none of those that
    were asked for."""

    direction: str
    act: str = ""

    message = msgid("Nothing to undo. Nothing was changed.")
    redo_message = msgid("Nothing to redo. Nothing was changed.")
    elsewhere_message = msgid(
        "Nothing to undo on this screen. Nothing was changed. The last action, “{act}”, "
        "belongs to another screen."
    )
    redo_elsewhere_message = msgid(
        "Nothing to redo on this screen. Nothing was changed. The next action, “{act}”, "
        "belongs to another screen."
    )

    def get_sentence(self) -> Msgid:
        if self.direction == "redo":
            return self.redo_elsewhere_message if self.act else self.redo_message
        return self.elsewhere_message if self.act else self.message

    def get_values(self) -> dict[str, object]:
        from fieldcheck.domain.project_state import get_act_name  # which raises errors itself

        return {"act": get_act_name(self.act) if self.act else ""}


@dataclass(eq=False, repr=False)
class ReportRefused(FieldcheckError):
    """A report to compare with cannot be used; `problem`: `none` there, `unreadable`, `other` than
    a summary.json of Fieldcheck."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid(
        "{path} is not a summary of a Fieldcheck report. Nothing was written. Specify a "
        "report folder, or its summary.json."
    )
    problems: ClassVar = {
        "none": msgid(
            "No report in {path}. Nothing was written. Specify a report folder, its "
            "summary.json, or a project with a report."
        ),
        "unreadable": msgid(
            "{path} is not readable JSON. Nothing was written. Copy the report folder again."
        ),
    }


@dataclass(eq=False, repr=False)
class PackRefused(FieldcheckError):
    """An evidence pack cannot be made or opened; `problem`: `not_pack`, `end`, `header`, `content`,
    `size`, `name`, `absolute`, `outside`, `duplicate`, `link`, `compressed`, `missing`, `unknown`,
    `chain`, `statement`, `signature`, `signatures`, `large`, `newer`, `database`; `unfit` and
    `alike` of a file that cannot be packed under its name. `detail` is the file in it, what is
    wrong with its database, or the version that made a newer one."""

    path: Path
    problem: str
    detail: str = ""

    message = msgid(
        "{path} failed verification: {record}, {what}. Nothing was unpacked. Ask the sender "
        "for a new pack."
    )
    problems: ClassVar = {
        "not_pack": msgid(
            "{path} is not an evidence pack. Nothing was changed. Select an .fcpack file{remedy}."
        ),
        "large": msgid(
            "The pack {path} would exceed 4 GB. Nothing was written. Leave out the recordings."
        ),
        "unfit": msgid(
            "The pack {path} cannot hold {record}: not every system takes this name. Nothing was "
            "written. Leave out the recordings, or rename the file and import its folder into a "
            "new project."
        ),
        "alike": msgid(
            "The pack {path} cannot hold {record}: another file has the same name on some "
            "systems. Nothing was written. Leave out the recordings, or rename the file and "
            "import its folder into a new project."
        ),
        "newer": msgid(
            "{path} was created by a newer Fieldcheck, {version}. Nothing was unpacked. "
            "Update Fieldcheck."
        ),
        "database": msgid(
            "The database in {path} failed verification ({problem}). Nothing was unpacked. "
            "Ask the sender for a new pack."
        ),
    }
    remedy = "pack"

    def get_values(self) -> dict[str, object]:
        return {
            **super().get_values(),
            "record": to_one_line(self.detail),
            "version": to_one_line(self.detail),
            "what": describe_pack_fault(self.problem),
            "problem": _describe_damage(self.detail),
        }


@dataclass(eq=False, repr=False)
class MergeRefused(FieldcheckError):
    """Labels of another project cannot be merged in; `problem`: `none` of its labelled frames is
    picked here, `class`: it has one that is not this project's. `detail` is the first frame, or the
    class."""

    path: Path
    problem: str
    detail: str

    message = msgid(
        "No labelled frame of {path} is a picked frame of this project (first: {name}). "
        "Nothing was merged. Use a pack shared from this project."
    )
    problems: ClassVar = {
        "class": msgid(
            "{path} has labels of class {name}, which is not in this project. Nothing was "
            "merged. Label with the same model."
        )
    }

    def get_values(self) -> dict[str, object]:
        return {**super().get_values(), "name": to_one_line(self.detail)}


@dataclass(eq=False, repr=False)
class KeyRefused(FieldcheckError):
    """A file holds no Ed25519 key that can sign; `problem`: `format`, `encrypted`, `kind`, `often`
    (the seal takes no more signatures)."""

    path: Path
    problem: str

    message = msgid(
        "{path} contains no readable private key. Nothing was signed. Use a PKCS #8 or OpenSSH key."
    )
    problems: ClassVar = {
        "encrypted": msgid(
            "The key {path} is encrypted. Nothing was signed. Use a key without a passphrase."
        ),
        "kind": msgid("The key {path} is not an Ed25519 key. Nothing was signed. Create one{how}."),
        "often": msgid(
            "The seal already has the maximum number of signatures. Nothing was signed "
            "with {path}. Continue with "
            "the existing signatures."
        ),
    }
    command = "ssh-keygen -t ed25519"


@dataclass(eq=False, repr=False)
class AdminNeeded(FieldcheckError):
    """A PIN guards the limits; `problem`: `locked` (none was given), `wrong`, `unset` (there is
    none to take away)."""

    path: Path
    problem: str

    message = msgid(
        "The limits of {path} are protected by an admin PIN. Nothing was changed. Enter "
        "the PIN first{remedy}."
    )
    problems: ClassVar = {
        "wrong": msgid(
            "Wrong admin PIN for {path}. Nothing was changed. Ask the person who set it."
        ),
        "unset": msgid(
            "No admin PIN set for {path}. Nothing was changed. Change the limits without a PIN."
        ),
    }
    remedy = "admin"


def _format_minute(iso: str) -> str:
    """A moment to the minute on this computer's clock; as it was written where it is none: the lock
    is a file that anybody can write."""
    try:
        return f"{parse_local_time(iso):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):
        return to_one_line(iso)


def _describe_damage(problem: str) -> str:
    """What SQLite said, or what our codes mean."""
    return {
        "not_sqlite": tr("not a database header"),
        "foreign_schema": tr("unexpected table structure"),
        "journal": tr("a journal next to the database names another file"),
    }.get(problem, to_one_line(problem.partition("\n")[0]))


def describe_pack_fault(problem: str) -> str:
    """What is wrong with a part of a pack, in words."""
    return {
        "end": tr("archive truncated or extended"),
        "header": tr("archive entry modified"),
        "content": tr("content differs from the packed file"),
        "size": tr("too large"),
        "name": tr("file name not allowed"),
        "absolute": tr("path outside the pack"),
        "outside": tr("path outside the pack"),
        "duplicate": tr("duplicate file name"),
        "link": tr("symbolic link"),
        "compressed": tr("unexpected compression"),
        "missing": tr("missing"),
        "unknown": tr("unexpected file in the pack"),
        "chain": tr("hash chain broken"),
        "statement": tr("statement covers other files"),
        "signature": tr("signature does not match the key"),
        "signatures": tr("more signatures than a pack may have"),
        "record": tr("value differs from the database"),
        "figure": tr("value differs when recomputed from labels and predictions"),
        "figures": tr("its values cannot be computed again"),
        "count": tr("record count differs"),
    }.get(problem, tr("hash differs from the packed file"))
