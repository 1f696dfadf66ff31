import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.project_state import ProjectStatus, RecentProject
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import NotAProject, ProjectDamaged
from fieldcheck.progress import NullProgress
from fieldcheck.project import folder
from fieldcheck.project.folder import open_project
from fieldcheck.project.recent_projects import (
    NAME,
    load_cached,
    load_recent,
    prune_cache,
    read_recent,
    store_cached,
)
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.project.tables.project_state import StoredReport
from fieldcheck.report.assemble import write_report
from tests import makers

STATE = [[1764000000123456789, 4096], [1764000000123456790, 32]]
FOUND = RecentProject(
    Path("/site/a.fieldcheck"), datetime(2026, 1, 2, 3, 4, 5, 678901),
    ProjectStatus(n_frames=7, seconds=1.5), b"\xff\xd8", 0.41, "not_ready",
)  # fmt: skip


@pytest.fixture
def kept(tmp_path):
    """The folder of a user's cache, not made yet."""
    return tmp_path / "home" / "cache"


def test_a_labelled_project_shows_its_counts_its_thumbnail_and_its_report(labelled, kept):
    written = write_report(labelled, labelled.path / "reports", "en", NullProgress(), makers.NOW)
    labelled.close()
    found = load_recent(labelled.path, kept)
    assert (found.standing.n_labelled, found.standing.n_picked) == (20, 20)
    assert found.thumbnail.startswith(b"\xff\xd8")
    assert found.gap == pytest.approx(written.report.gap.estimate.value)
    assert found.readiness == written.report.readiness
    assert abs((found.changed - datetime.now()).total_seconds()) < 3600


def test_a_project_without_picks_and_report_shows_neither(empty, kept):
    empty.close()
    found = load_recent(empty.path, kept)
    assert (found.thumbnail, found.gap, found.readiness) == (b"", None, "")


def test_it_can_be_looked_at_while_somebody_writes_it(drawn, kept):
    assert load_recent(drawn.path, kept).standing.n_picked == 20


def test_only_the_newest_report_counts_and_one_without_a_gap_has_none(empty, kept):
    for summary in (
        '{"gap": {"value": 0.3}, "readiness": "not_ready"}',
        '{"gap": {"value": null}, "readiness": "not_enough"}',
    ):
        empty.write(
            lambda db, summary=summary: reports_table.put_report(
                db, StoredReport("r", makers.NOW, "en", summary)
            )
        ).result()
    found = load_recent(empty.path, kept)
    assert (found.gap, found.readiness) == (None, "not_enough")


@pytest.mark.parametrize("summary", ["no json", "[]", json.dumps({"gap": 3}), "{}"])
def test_a_summary_that_cannot_be_read_counts_as_no_report(empty, summary, kept):
    empty.write(
        lambda db: reports_table.put_report(db, StoredReport("r", makers.NOW, "en", summary))
    ).result()
    found = load_recent(empty.path, kept)
    assert (found.gap, found.readiness) == (None, "")


def test_a_folder_that_is_gone_or_no_project_says_so(tmp_path, kept):
    with pytest.raises(PathMissing):
        load_recent(tmp_path / "none", kept)
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "project.db").write_bytes(b"diary")
    with pytest.raises(NotAProject):
        load_recent(tmp_path / "p", kept)


@pytest.mark.long
def test_an_unchanged_project_is_known_without_being_opened(labelled, kept, monkeypatch):
    write_report(labelled, labelled.path / "reports", "en", NullProgress(), makers.NOW)
    labelled.close()
    first = load_recent(labelled.path, kept)
    monkeypatch.setattr(folder, "open_project", lambda *_, **__: pytest.fail("opened"))
    assert load_recent(labelled.path, kept) == first


def test_a_project_that_was_written_to_is_opened_again(drawn, kept):
    assert load_recent(drawn.path, kept).standing.n_reports == 0
    drawn.write(
        lambda db: reports_table.put_report(db, StoredReport("r", makers.NOW, "en", "{}"))
    ).result()
    assert load_recent(drawn.path, kept).standing.n_reports == 1
    drawn.close()
    assert load_recent(drawn.path, kept).standing.n_reports == 1


def test_being_looked_at_does_not_count_as_a_change(drawn, kept):
    path = drawn.path
    drawn.close()
    first = load_recent(path, kept).changed
    assert load_recent(path, kept / "another").changed == first


def test_what_is_kept_comes_back_for_the_same_state_only(tmp_path):
    store_cached(tmp_path, FOUND, STATE, ())
    assert RecentProject(FOUND.path, **load_cached(tmp_path, FOUND.path, STATE)) == FOUND
    assert load_cached(tmp_path, FOUND.path, [[1764000000123456789, 4097], STATE[1]]) is None
    assert load_cached(tmp_path, FOUND.path, STATE[:1]) is None
    assert load_cached(tmp_path, Path("/site/b.fieldcheck"), STATE) is None


def test_pictures_of_projects_that_are_off_the_list_are_forgotten(tmp_path):
    for name in ("a", "b", "c"):
        recent = RecentProject(Path(f"/site/{name}"), FOUND.changed, FOUND.standing, b"x", None, "")
        store_cached(tmp_path, recent, STATE, ["/site/a", "/site/b"])
    prune_cache(tmp_path, ["/site/b"])
    assert load_cached(tmp_path, Path("/site/a"), STATE) is None
    assert load_cached(tmp_path, Path("/site/b"), STATE)["gap"] is None
    assert load_cached(tmp_path, Path("/site/c"), STATE) is None


def test_a_place_that_cannot_be_written_disturbs_nobody(tmp_path):
    (tmp_path / "file").write_text("no folder")
    store_cached(tmp_path / "file", FOUND, STATE, ())
    assert load_cached(tmp_path / "file", FOUND.path, STATE) is None


@pytest.mark.long
@pytest.mark.parametrize("name", ["state", "changed", "standing", "thumbnail", "gap", "readiness"])
@given(
    value=st.none()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.none(), max_size=2)
)
def test_a_torn_or_strange_file_is_as_good_as_none(tmp_path_factory, name, value):
    folder = tmp_path_factory.mktemp("cache")
    store_cached(folder, FOUND, STATE, ())
    whole = json.loads((folder / NAME).read_text())
    whole["projects"][str(FOUND.path)][name] = value
    (folder / NAME).write_text(json.dumps(whole))
    found = load_cached(folder, FOUND.path, STATE)
    assert found is None or RecentProject(FOUND.path, **found).path == FOUND.path
    (folder / NAME).write_text(json.dumps(whole)[:40])
    assert load_cached(folder, FOUND.path, STATE) is None


def test_what_is_missing_is_told_the_database_the_folder_or_one_above_it(tmp_path, kept, made):
    lost = shutil.copytree(made["empty"], tmp_path / "lost.fieldcheck")
    (lost / "project.db").unlink()
    with pytest.raises(NotAProject) as told:
        load_recent(lost, kept)
    assert (told.value.path, told.value.problem) == (lost, "no_database")
    for path, missing in (
        (tmp_path / "a.fieldcheck", tmp_path / "a.fieldcheck"),
        (tmp_path / "disk" / "x" / "a.fieldcheck", tmp_path / "disk"),
    ):
        with pytest.raises(PathMissing) as told:
            load_recent(path, kept)
        assert told.value.path == missing


MOMENT = datetime(2026, 1, 2, 3, 4, 5)


def test_reading_leaves_no_lock_and_tells_the_moment_it_was_given(drawn):
    path = drawn.path
    drawn.close()
    assert read_recent(path, MOMENT).changed == MOMENT
    open_project(path).close()


def test_no_project_is_told_apart(tmp_path):
    (tmp_path / "project.db").write_bytes(b"diary")
    with pytest.raises(NotAProject):
        read_recent(tmp_path, MOMENT)


def test_a_project_left_in_a_crash_is_listed_without_reading_all_of_its_file(labelled, kept):
    """Damage far from the rows that are shown is found by who opens the project."""
    path = labelled.path
    page = labelled.read(
        lambda db: db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'label_event'"
        ).fetchone()
    )[0]
    size = labelled.read(lambda db: db.execute("PRAGMA page_size").fetchone())[0]
    labelled.close()
    with (path / "project.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    assert load_recent(path, kept).standing.n_labelled == 20
    with pytest.raises(ProjectDamaged):
        open_project(path, write=False)
