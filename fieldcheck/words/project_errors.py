"""Sentences about project folders and the history of acts."""

from __future__ import annotations

from fieldcheck import errors
from fieldcheck.errors import FieldcheckError
from fieldcheck.words.acts import act_words
from fieldcheck.words.formatting import Sentence, plain
from fieldcheck.words.language import text
from fieldcheck.words.remedies import remedy


def _project_exists(error: errors.ProjectExists) -> str:
    return text("There is something at {path} already; it was not touched: choose another name.").format(path=plain(error.path))


def _path_occupied(error: errors.PathOccupied) -> str:
    return text("{path} holds something else already; it was not touched: name another folder.").format(path=plain(error.path))


def _not_a_project(error: errors.NotAProject) -> str:
    said = {
        "no_database": text(
            "{path} is no project folder: it has no project.db; nothing was changed: name the folder of a project, or make a new "
            "one{remedy}."
        ),
        "foreign_schema": text("{path} holds a database that is not Fieldcheck's; it was not touched: name another folder."),
    }.get(error.problem, text("{path} holds a project.db that is no database; it was not touched: name another folder, or a backup."))
    return said.format(path=plain(error.path), remedy=remedy("new"))


def _project_locked(error: errors.ProjectLocked) -> str:
    if not error.machine:
        return text("{path} is open in another program; nothing was changed: close it there, then do this again.").format(
            path=plain(error.path)
        )
    return text(
        "{path} is open on {machine} (process {process}, since {since}); nothing was changed: close it there, then do this again."
    ).format(path=plain(error.path), machine=plain(error.machine), process=error.process, since=plain(error.since))


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
    }.get(problem, plain(problem.partition("\n")[0]))


def _undo_refused(error: errors.UndoRefused) -> str:
    return text(
        "{act} cannot be taken back or done again, because {key} was changed since; everything stays as it is: change it by hand."
    ).format(act=plain(error.act), key=plain(error.key))


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


def _report_refused(error: errors.ReportRefused) -> str:
    said = {
        "none": text(
            "There is no report in {path}; nothing was written: name a report's folder, its summary.json, or a project with a report."
        ),
        "unreadable": text("{path} is no JSON that can be read; nothing was written: copy the report's folder again."),
    }.get(
        error.problem,
        text("{path} is no summary of a Fieldcheck report; nothing was written: name a report's folder, or its summary.json."),
    )
    return said.format(path=plain(error.path))


PROJECT_ERRORS: dict[type[FieldcheckError], Sentence] = {
    errors.ProjectExists: _project_exists,
    errors.PathOccupied: _path_occupied,
    errors.NotAProject: _not_a_project,
    errors.ProjectLocked: _project_locked,
    errors.ProjectNewer: _project_newer,
    errors.ProjectDamaged: _project_damaged,
    errors.UndoRefused: _undo_refused,
    errors.NothingToUndo: _nothing_to_undo,
    errors.ReportRefused: _report_refused,
}
