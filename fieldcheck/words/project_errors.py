"""Sentences about project folders and the history of acts."""

from __future__ import annotations

from fieldcheck import errors
from fieldcheck.errors import FieldcheckError
from fieldcheck.msgid import msgid
from fieldcheck.timestamp import local
from fieldcheck.words.acts import act_words
from fieldcheck.words.formatting import Sentence, coded, plain, told
from fieldcheck.words.language import text
from fieldcheck.words.remedies import remedy


def _project_locked(error: errors.ProjectLocked) -> str:
    if not error.machine:
        return text("{path} is open in another program. Nothing was changed. Close it there, then try again.").format(
            path=plain(error.path)
        )
    return text(
        "{path} is open on {machine} (process {process}, since {since}). Nothing was changed. Close it there, then try again."
    ).format(path=plain(error.path), machine=plain(error.machine), process=error.process, since=_minute(error.since))


def _minute(iso: str) -> str:
    """A moment to the minute on this computer's clock; as it was written where it is none: the lock is a file that anybody can write."""
    try:
        return f"{local(iso):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):
        return plain(iso)


def _project_newer(error: errors.ProjectNewer) -> str:
    return text(
        "{path} was last saved by Fieldcheck {its}; this is {ours}. The project is open read-only. Update Fieldcheck to edit it."
    ).format(path=plain(error.path), its=plain(error.its_version), ours=plain(error.our_version))


def _project_damaged(error: errors.ProjectDamaged) -> str:
    if error.repaired is not None:
        return text(
            "The database of {path} is damaged ({problem}). The original is unchanged; a repaired copy is at "
            "{repaired}. Check the copy before you continue with it."
        ).format(path=plain(error.path), problem=_damage(error.problem), repaired=plain(error.repaired))
    if error.problem == "nothing_left":
        return text(
            "The database of {path} is damaged and cannot be repaired. It was not changed. Continue with the "
            "newest file in the backups folder."
        ).format(path=plain(error.path))
    return text("The database of {path} is damaged ({problem}). It was not changed. Create a repaired copy{remedy}.").format(
        path=plain(error.path), problem=_damage(error.problem), remedy=remedy("repair")
    )


def _damage(problem: str) -> str:
    """What SQLite said, or what our codes mean."""
    return {
        "not_sqlite": text("not a database header"),
        "foreign_schema": text("unexpected table structure"),
        "journal": text("a journal next to the database names another file"),
    }.get(problem, plain(problem.partition("\n")[0]))


def _nothing_to_undo(error: errors.NothingToUndo) -> str:
    if error.act:
        said = (
            text("Nothing to redo on this screen. Nothing was changed. The next action, “{act}”, belongs to another screen.")
            if error.direction == "redo"
            else text("Nothing to undo on this screen. Nothing was changed. The last action, “{act}”, belongs to another screen.")
        )
        return said.format(act=act_words(error.act))
    if error.direction == "redo":
        return text("Nothing to redo. Nothing was changed.")
    return text("Nothing to undo. Nothing was changed.")


def _pack_refused(error: errors.PackRefused) -> str:
    if error.problem == "not_pack":
        return text("{path} is not an evidence pack. Nothing was changed. Select an .fcpack file{remedy}.").format(
            path=plain(error.path), remedy=remedy("pack")
        )
    if error.problem == "large":
        return text("The pack {path} would exceed 4 GB. Nothing was written. Leave out the recordings.").format(path=plain(error.path))
    if error.problem == "newer":
        return text("{path} was created by a newer Fieldcheck, {version}. Nothing was unpacked. Update Fieldcheck.").format(
            path=plain(error.path), version=plain(error.detail)
        )
    if error.problem == "database":
        return text("The database in {path} failed verification ({problem}). Nothing was unpacked. Ask the sender for a new pack.").format(
            path=plain(error.path), problem=_damage(error.detail)
        )
    return text("{path} failed verification: {record}, {what}. Nothing was unpacked. Ask the sender for a new pack.").format(
        path=plain(error.path), record=plain(error.detail), what=misfit(error.problem)
    )


def misfit(problem: str) -> str:
    """Misfit of a part of a pack, in words."""
    return {
        "end": text("archive truncated or extended"),
        "header": text("archive entry modified"),
        "content": text("content differs from the packed file"),
        "size": text("too large"),
        "name": text("file name not allowed"),
        "absolute": text("path outside the pack"),
        "outside": text("path outside the pack"),
        "duplicate": text("duplicate file name"),
        "link": text("symbolic link"),
        "compressed": text("unexpected compression"),
        "missing": text("missing"),
        "unknown": text("unexpected file in the pack"),
        "chain": text("hash chain broken"),
        "statement": text("statement covers other files"),
        "signature": text("signature does not match the key"),
        "signatures": text("more signatures than a pack may have"),
        "record": text("value differs from the database"),
        "figure": text("value differs when recomputed from labels and predictions"),
        "figures": text("its values cannot be computed again"),
        "count": text("record count differs"),
    }.get(problem, text("hash differs from the packed file"))


def _merge_refused(error: errors.MergeRefused) -> str:
    if error.problem == "class":
        return text(
            "{path} has labels of class {name}, which is not in this project. Nothing was merged. Label with the same model."
        ).format(path=plain(error.path), name=plain(error.detail))
    return text(
        "No labelled frame of {path} is a picked frame of this project (first: {name}). Nothing was merged. "
        "Use a pack shared from this project."
    ).format(path=plain(error.path), name=plain(error.detail))


PROJECT_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ProjectExists: told(msgid("{path} already exists. It was not changed. Choose another name.")),
    errors.PathOccupied: told(msgid("{path} already contains other data. It was not changed. Choose another path.")),
    errors.NotAProject: coded(
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
    errors.ProjectLocked: _project_locked,
    errors.ProjectOnlyRead: told(
        msgid("{path} is open read-only. Nothing was changed. Correct the cause reported on opening, then open it again.")
    ),
    errors.ProjectClosed: coded(
        msgid("{path} is closed. Data saved before is safe. Open it again, then try again."),
        {
            "forked": msgid(
                "{path} was opened before this process was forked. Data saved before is safe. Open it in the process that uses it."
            ),
        },
    ),
    errors.ProjectNewer: _project_newer,
    errors.ProjectDamaged: _project_damaged,
    errors.UndoRefused: told(msgid("Cannot undo or redo {act}: {key} has a newer value. Nothing was changed. Make the change manually.")),
    errors.NothingToUndo: _nothing_to_undo,
    errors.ReportRefused: coded(
        msgid("{path} is not a summary of a Fieldcheck report. Nothing was written. Specify a report folder, or its summary.json."),
        {
            "none": msgid(
                "No report in {path}. Nothing was written. Specify a report folder, its summary.json, or a project with a report."
            ),
            "unreadable": msgid("{path} is not readable JSON. Nothing was written. Copy the report folder again."),
        },
    ),
    errors.PackRefused: _pack_refused,
    errors.MergeRefused: _merge_refused,
    errors.KeyRefused: coded(
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
    errors.AdminNeeded: coded(
        msgid("The limits of {path} are protected by an admin PIN. Nothing was changed. Enter the PIN first{remedy}."),
        {
            "wrong": msgid("Wrong admin PIN for {path}. Nothing was changed. Ask the person who set it."),
            "unset": msgid("No admin PIN set for {path}. Nothing was changed. Change the limits without a PIN."),
        },
        does="admin",
    ),
}
