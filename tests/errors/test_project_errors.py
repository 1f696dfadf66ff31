from datetime import UTC, datetime
from pathlib import Path

from fieldcheck.errors.file_messages import PROJECT_ERRORS
from fieldcheck.errors.projects import NothingToUndo, ProjectDamaged, ProjectLocked


def said(error):
    return PROJECT_ERRORS[type(error)](error)


def test_who_holds_the_project_is_named():
    since = datetime(2026, 11, 25, 0, 31).astimezone()
    told = said(
        ProjectLocked(Path("line4.fieldcheck"), "laptop7", 4711, since.astimezone(UTC).isoformat())
    )
    assert "open on laptop7 (process 4711, since 2026-11-25 00:31)" in told
    expected = "since yesterday)"
    assert expected in said(ProjectLocked(Path("line4.fieldcheck"), "laptop7", 4711, "yesterday"))


def test_a_damaged_database_was_not_touched_and_the_copy_is_named():
    told = said(
        ProjectDamaged(
            Path("p"), "row 3 missing from index i\nrow 4 missing", Path("p/repaired.db")
        )
    )
    assert (
        "(row 3 missing from index i). The original is unchanged; a repaired copy is at "
        "p/repaired.db."
    ) in told


def test_both_ends_of_the_history_are_told_apart():
    assert said(NothingToUndo("undo")) != said(NothingToUndo("redo"))
