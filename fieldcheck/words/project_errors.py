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
        return text("{path} is open in another program; nothing was changed: close it there, then do this again.").format(
            path=plain(error.path)
        )
    return text(
        "{path} is open on {machine} (process {process}, since {since}); nothing was changed: close it there, then do this again."
    ).format(path=plain(error.path), machine=plain(error.machine), process=error.process, since=_minute(error.since))


def _minute(iso: str) -> str:
    """A moment to the minute on this computer's clock; as it was written where it is none: the lock is a file that anybody can write."""
    try:
        return f"{local(iso):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):
        return plain(iso)


def _project_newer(error: errors.ProjectNewer) -> str:
    return text(
        "{path} was last written by Fieldcheck {its}, and this is {ours}; it was only read: update Fieldcheck to write to it."
    ).format(path=plain(error.path), its=plain(error.its_version), ours=plain(error.our_version))


def _project_damaged(error: errors.ProjectDamaged) -> str:
    if error.repaired is not None:
        return text(
            "The database of {path} is damaged ({problem}); it was not touched, and a repaired copy is at {repaired}: "
            "look at the copy before you go on with it."
        ).format(path=plain(error.path), problem=_damage(error.problem), repaired=plain(error.repaired))
    if error.problem == "nothing_left":
        return text(
            "The database of {path} is damaged beyond repair; it was not touched: go on with the newest file in its backups folder."
        ).format(path=plain(error.path))
    return text("The database of {path} is damaged ({problem}); it was not touched: have a repaired copy made{remedy}.").format(
        path=plain(error.path), problem=_damage(error.problem), remedy=remedy("repair")
    )


def _damage(problem: str) -> str:
    """What SQLite said, or what our codes mean."""
    return {
        "not_sqlite": text("it does not begin like a database"),
        "foreign_schema": text("its tables are not as Fieldcheck makes them"),
        "journal": text("a journal beside it names another file"),
    }.get(problem, plain(problem.partition("\n")[0]))


def _nothing_to_undo(error: errors.NothingToUndo) -> str:
    if error.act:
        said = (
            text("Nothing of this screen is left to do again; everything stays as it is: the next act is “{act}”, of another screen.")
            if error.direction == "redo"
            else text("Nothing of this screen is left to take back; everything stays as it is: the last act is “{act}”, of another screen.")
        )
        return said.format(act=act_words(error.act))
    if error.direction == "redo":
        return text("There is no act left to do again; everything stays as it is.")
    return text("There is no act left to take back; everything stays as it is.")


def _pack_refused(error: errors.PackRefused) -> str:
    if error.problem == "not_pack":
        return text("{path} is no evidence pack; nothing was changed: name a file that was made as one{remedy}.").format(
            path=plain(error.path), remedy=remedy("pack")
        )
    if error.problem == "large":
        return text("The pack {path} would be larger than 4 GB; nothing was written: leave the recordings out.").format(
            path=plain(error.path)
        )
    if error.problem == "newer":
        return text("{path} was made by Fieldcheck {version}, a newer one; nothing was taken out of it: update Fieldcheck.").format(
            path=plain(error.path), version=plain(error.detail)
        )
    if error.problem == "database":
        return text(
            "The database in {path} cannot be trusted ({problem}); nothing was taken out of it: ask whoever made the pack for a new one."
        ).format(path=plain(error.path), problem=_damage(error.detail))
    return text("{path} does not fit: {record}, {what}; nothing was taken out of it: ask whoever made the pack for a new one.").format(
        path=plain(error.path), record=plain(error.detail), what=misfit(error.problem)
    )


def misfit(problem: str) -> str:
    """Misfit of a part of a pack, in words."""
    return {
        "end": text("the archive does not end as it was written"),
        "header": text("its entry in the archive is not as it was written"),
        "content": text("its content is not what was packed"),
        "size": text("it is too large"),
        "name": text("no file may be called so"),
        "absolute": text("it leads to a place outside the pack"),
        "outside": text("it leads to a place outside the pack"),
        "duplicate": text("two files share this name"),
        "link": text("it is a link"),
        "compressed": text("it is compressed, and no file of a pack is"),
        "missing": text("it is missing"),
        "unknown": text("no pack holds such a file"),
        "chain": text("the chain of hashes breaks here"),
        "statement": text("the statement is about other files"),
        "signature": text("the signature is not that of its key"),
        "signatures": text("there are more signatures than a pack may have"),
        "record": text("it is not what the database says"),
        "figure": text("it is not what labels and predictions give"),
        "figures": text("its figures cannot be worked out again"),
        "count": text("it counts other records than there are"),
    }.get(problem, text("it is not as it was packed"))


def _merge_refused(error: errors.MergeRefused) -> str:
    if error.problem == "class":
        return text(
            "{path} has labels of the class {name}, which this project does not have; nothing of it was taken in: label with the same "
            "model."
        ).format(path=plain(error.path), name=plain(error.detail))
    return text(
        "No labelled frame of {path} is picked here ({name} is the first); nothing of it was taken in: name a pack that was "
        "shared from this project."
    ).format(path=plain(error.path), name=plain(error.detail))


PROJECT_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ProjectExists: told(msgid("There is something at {path} already; it was not touched: choose another name.")),
    errors.PathOccupied: told(msgid("{path} holds something else already; it was not touched: name another folder.")),
    errors.NotAProject: coded(
        msgid("{path} holds a project.db that is no database; it was not touched: name another folder, or a backup."),
        {
            "no_database": msgid(
                "{path} is no project folder: it has no project.db; nothing was changed: name the folder of a project, or make a new "
                "one{remedy}."
            ),
            "around": msgid("{path} is no project folder, it only holds {detail}; nothing was changed: name the project in it."),
            "foreign_schema": msgid("{path} holds a database that is not Fieldcheck's; it was not touched: name another folder."),
        },
        does="new",
    ),
    errors.ProjectLocked: _project_locked,
    errors.ProjectOnlyRead: told(
        msgid("{path} is open for reading only. Nothing was changed. Close it wherever else it is open, then open it again.")
    ),
    errors.ProjectClosed: coded(
        msgid("{path} is closed; what was stored before is safe: open it again, then do this again."),
        {
            "forked": msgid(
                "{path} was opened before this process was forked from another; what was stored before is safe: open it in the process "
                "that works with it."
            ),
        },
    ),
    errors.ProjectNewer: _project_newer,
    errors.ProjectDamaged: _project_damaged,
    errors.UndoRefused: told(
        msgid("{act} cannot be taken back or done again, because {key} was changed since; everything stays as it is: change it by hand.")
    ),
    errors.NothingToUndo: _nothing_to_undo,
    errors.ReportRefused: coded(
        msgid("{path} is no summary of a Fieldcheck report; nothing was written: name a report's folder, or its summary.json."),
        {
            "none": msgid(
                "There is no report in {path}; nothing was written: name a report's folder, its summary.json, or a project with a report."
            ),
            "unreadable": msgid("{path} is no JSON that can be read; nothing was written: copy the report's folder again."),
        },
    ),
    errors.PackRefused: _pack_refused,
    errors.MergeRefused: _merge_refused,
    errors.KeyRefused: coded(
        msgid("{path} holds no private key that can be read; nothing was signed: name a key in PKCS #8 or OpenSSH form."),
        {
            "encrypted": msgid("The key in {path} is encrypted; nothing was signed: name a key without a passphrase."),
            "kind": msgid("The key in {path} is no Ed25519 key; nothing was signed: make one{how}."),
            "often": msgid("The seal has all the signatures a pack may have; nothing was signed with {path}: go on with those it has."),
        },
        types="ssh-keygen -t ed25519",
    ),
    errors.AdminNeeded: coded(
        msgid("The limits of {path} are guarded by an admin PIN; nothing was changed: give the PIN first{remedy}."),
        {
            "wrong": msgid("This is not the admin PIN of {path}; nothing was changed: ask whoever set it."),
            "unset": msgid("{path} has no admin PIN; nothing was changed: anybody may change its limits."),
        },
        does="admin",
    ),
}
