"""Sentences about project folders and the history of acts."""

from __future__ import annotations

from fieldcheck import errors
from fieldcheck.errors import FieldcheckError
from fieldcheck.msgid import msgid
from fieldcheck.timestamp import parse_local_time
from fieldcheck.words.acts import get_act_name
from fieldcheck.words.formatting import Sentence, make_message, make_message_by_code, to_one_line
from fieldcheck.words.language import tr
from fieldcheck.words.remedies import format_remedy


def _describe_project_locked(error: errors.ProjectLocked) -> str:
    if not error.machine:
        return tr("{path} is open in another program. Nothing was changed. Close it there, then try again.").format(
            path=to_one_line(error.path)
        )
    return tr(
        "{path} is open on {machine} (process {process}, since {since}). Nothing was changed. Close it there, then try again."
    ).format(path=to_one_line(error.path), machine=to_one_line(error.machine), process=error.process, since=_format_minute(error.since))


def _format_minute(iso: str) -> str:
    """A moment to the minute on this computer's clock; as it was written where it is none: the lock is a file that anybody can write."""
    try:
        return f"{parse_local_time(iso):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):
        return to_one_line(iso)


def _describe_project_newer(error: errors.ProjectNewer) -> str:
    return tr(
        "{path} was last saved by Fieldcheck {its}; this is {ours}. The project is open read-only. Update Fieldcheck to edit it."
    ).format(path=to_one_line(error.path), its=to_one_line(error.its_version), ours=to_one_line(error.our_version))


def _describe_project_damaged(error: errors.ProjectDamaged) -> str:
    if error.repaired is not None:
        return tr(
            "The database of {path} is damaged ({problem}). The original is unchanged; a repaired copy is at "
            "{repaired}. Check the copy before you continue with it."
        ).format(path=to_one_line(error.path), problem=_describe_damage(error.problem), repaired=to_one_line(error.repaired))
    if error.problem == "nothing_left":
        return tr(
            "The database of {path} is damaged and cannot be repaired. It was not changed. Continue with the "
            "newest file in the backups folder."
        ).format(path=to_one_line(error.path))
    return tr("The database of {path} is damaged ({problem}). It was not changed. Create a repaired copy{remedy}.").format(
        path=to_one_line(error.path), problem=_describe_damage(error.problem), remedy=format_remedy("repair")
    )


def _describe_damage(problem: str) -> str:
    """What SQLite said, or what our codes mean."""
    return {
        "not_sqlite": tr("not a database header"),
        "foreign_schema": tr("unexpected table structure"),
        "journal": tr("a journal next to the database names another file"),
    }.get(problem, to_one_line(problem.partition("\n")[0]))


def _describe_nothing_to_undo(error: errors.NothingToUndo) -> str:
    if error.act:
        said = (
            tr("Nothing to redo on this screen. Nothing was changed. The next action, “{act}”, belongs to another screen.")
            if error.direction == "redo"
            else tr("Nothing to undo on this screen. Nothing was changed. The last action, “{act}”, belongs to another screen.")
        )
        return said.format(act=get_act_name(error.act))
    if error.direction == "redo":
        return tr("Nothing to redo. Nothing was changed.")
    return tr("Nothing to undo. Nothing was changed.")


def _describe_pack_refused(error: errors.PackRefused) -> str:
    if error.problem == "not_pack":
        return tr("{path} is not an evidence pack. Nothing was changed. Select an .fcpack file{remedy}.").format(
            path=to_one_line(error.path), remedy=format_remedy("pack")
        )
    if error.problem == "large":
        return tr("The pack {path} would exceed 4 GB. Nothing was written. Leave out the recordings.").format(path=to_one_line(error.path))
    if error.problem == "newer":
        return tr("{path} was created by a newer Fieldcheck, {version}. Nothing was unpacked. Update Fieldcheck.").format(
            path=to_one_line(error.path), version=to_one_line(error.detail)
        )
    if error.problem == "database":
        return tr("The database in {path} failed verification ({problem}). Nothing was unpacked. Ask the sender for a new pack.").format(
            path=to_one_line(error.path), problem=_describe_damage(error.detail)
        )
    return tr("{path} failed verification: {record}, {what}. Nothing was unpacked. Ask the sender for a new pack.").format(
        path=to_one_line(error.path), record=to_one_line(error.detail), what=describe_pack_fault(error.problem)
    )


def describe_pack_fault(problem: str) -> str:
    """Misfit of a part of a pack, in words."""
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


def _describe_merge_refused(error: errors.MergeRefused) -> str:
    if error.problem == "class":
        return tr("{path} has labels of class {name}, which is not in this project. Nothing was merged. Label with the same model.").format(
            path=to_one_line(error.path), name=to_one_line(error.detail)
        )
    return tr(
        "No labelled frame of {path} is a picked frame of this project (first: {name}). Nothing was merged. "
        "Use a pack shared from this project."
    ).format(path=to_one_line(error.path), name=to_one_line(error.detail))


PROJECT_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ProjectExists: make_message(msgid("{path} already exists. It was not changed. Choose another name.")),
    errors.PathOccupied: make_message(msgid("{path} already contains other data. It was not changed. Choose another path.")),
    errors.NotAProject: make_message_by_code(
        msgid("{path}: project.db is not a database. It was not changed. Choose another folder, or a backup."),
        {
            "no_database": msgid(
                "{path} is not a project folder (no project.db). Nothing was changed. Select a project folder, or create a project{remedy}."
            ),
            "around": msgid(
                "{path} is not a project folder; it only contains {detail}. Nothing was changed. Select the project inside it."
            ),
            "foreign_schema": msgid("{path} contains a database of another program. It was not changed. Choose another folder."),
        },
        does="new",
    ),
    errors.ProjectLocked: _describe_project_locked,
    errors.ProjectOnlyRead: make_message(
        msgid("{path} is open read-only. Nothing was changed. Correct the cause reported on opening, then open it again.")
    ),
    errors.ProjectClosed: make_message_by_code(
        msgid("{path} is closed. Data saved before is safe. Open it again, then try again."),
        {
            "forked": msgid(
                "{path} was opened before this process was forked. Data saved before is safe. Open it in the process that uses it."
            ),
        },
    ),
    errors.ProjectNewer: _describe_project_newer,
    errors.ProjectDamaged: _describe_project_damaged,
    errors.UndoRefused: make_message(
        msgid("Cannot undo or redo {act}: {key} has a newer value. Nothing was changed. Make the change manually.")
    ),
    errors.NothingToUndo: _describe_nothing_to_undo,
    errors.ReportRefused: make_message_by_code(
        msgid("{path} is not a summary of a Fieldcheck report. Nothing was written. Specify a report folder, or its summary.json."),
        {
            "none": msgid(
                "No report in {path}. Nothing was written. Specify a report folder, its summary.json, or a project with a report."
            ),
            "unreadable": msgid("{path} is not readable JSON. Nothing was written. Copy the report folder again."),
        },
    ),
    errors.PackRefused: _describe_pack_refused,
    errors.MergeRefused: _describe_merge_refused,
    errors.KeyRefused: make_message_by_code(
        msgid("{path} contains no readable private key. Nothing was signed. Use a PKCS #8 or OpenSSH key."),
        {
            "encrypted": msgid("The key {path} is encrypted. Nothing was signed. Use a key without a passphrase."),
            "kind": msgid("The key {path} is not an Ed25519 key. Nothing was signed. Create one{how}."),
            "often": msgid(
                "The seal already has the maximum number of signatures. Nothing was signed with {path}. Continue with"
                " the existing signatures."
            ),
        },
        types="ssh-keygen -t ed25519",
    ),
    errors.AdminNeeded: make_message_by_code(
        msgid("The limits of {path} are protected by an admin PIN. Nothing was changed. Enter the PIN first{remedy}."),
        {
            "wrong": msgid("Wrong admin PIN for {path}. Nothing was changed. Ask the person who set it."),
            "unset": msgid("No admin PIN set for {path}. Nothing was changed. Change the limits without a PIN."),
        },
        does="admin",
    ),
}
