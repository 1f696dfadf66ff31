import json
from datetime import datetime

import pytest

from fieldcheck.errors import NotAProject, PathMissing
from fieldcheck.progress import Silent
from fieldcheck.project import project
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.project.tables.reports import StoredReport
from fieldcheck.workflows.project import _recent_read as recent_read
from fieldcheck.workflows.project import recent_project as recent
from fieldcheck.workflows.project.recent_project import look_at_recent
from fieldcheck.workflows.report.report_gap import write_report
from tests import makers


@pytest.fixture
def kept(tmp_path):
    """The folder of a user's cache, not made yet."""
    return tmp_path / "home" / "cache"


def test_a_labelled_project_shows_its_counts_its_thumbnail_and_its_report(labelled, kept):
    written = write_report(labelled, labelled.path / "reports", "en", Silent(), makers.NOW)
    labelled.close()
    found = look_at_recent(labelled.path, kept)
    assert (found.standing.n_labelled, found.standing.n_picked) == (20, 20)
    assert found.thumbnail.startswith(b"\xff\xd8")
    assert found.gap == pytest.approx(written.report.gap.estimate.value)
    assert found.readiness == written.report.readiness
    assert abs((found.changed - datetime.now()).total_seconds()) < 3600


def test_a_project_without_picks_and_report_shows_neither(empty, kept):
    empty.close()
    found = look_at_recent(empty.path, kept)
    assert (found.thumbnail, found.gap, found.readiness) == (b"", None, "")


def test_it_can_be_looked_at_while_somebody_writes_it(drawn, kept):
    assert look_at_recent(drawn.path, kept).standing.n_picked == 20


def test_only_the_newest_report_counts_and_one_without_a_gap_has_none(empty, kept):
    for summary in ('{"gap": {"value": 0.3}, "readiness": "not_ready"}', '{"gap": {"value": null}, "readiness": "not_enough"}'):
        empty.write(lambda db, summary=summary: reports_table.put(db, StoredReport("r", makers.NOW, "en", summary))).result()
    found = look_at_recent(empty.path, kept)
    assert (found.gap, found.readiness) == (None, "not_enough")


@pytest.mark.parametrize("summary", ["no json", "[]", json.dumps({"gap": 3}), "{}"])
def test_a_summary_that_cannot_be_read_counts_as_no_report(empty, summary, kept):
    empty.write(lambda db: reports_table.put(db, StoredReport("r", makers.NOW, "en", summary))).result()
    found = look_at_recent(empty.path, kept)
    assert (found.gap, found.readiness) == (None, "")


def test_a_folder_that_is_gone_or_no_project_says_so(tmp_path, kept):
    with pytest.raises(PathMissing):
        look_at_recent(tmp_path / "none", kept)
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "project.db").write_bytes(b"diary")
    with pytest.raises(NotAProject):
        look_at_recent(tmp_path / "p", kept)


def test_an_unchanged_project_is_known_without_being_opened(labelled, kept, monkeypatch):
    write_report(labelled, labelled.path / "reports", "en", Silent(), makers.NOW)
    labelled.close()
    first = look_at_recent(labelled.path, kept)
    monkeypatch.setattr(recent_read, "open_project", lambda *_, **__: pytest.fail("opened"))
    assert look_at_recent(labelled.path, kept) == first


def test_a_project_that_was_written_to_is_opened_again(drawn, kept):
    assert look_at_recent(drawn.path, kept).standing.n_reports == 0
    drawn.write(lambda db: reports_table.put(db, StoredReport("r", makers.NOW, "en", "{}"))).result()
    assert look_at_recent(drawn.path, kept).standing.n_reports == 1
    drawn.close()
    assert look_at_recent(drawn.path, kept).standing.n_reports == 1


def test_its_database_is_named_as_the_project_names_it():
    assert recent.DATABASE == project.DATABASE


def test_being_looked_at_does_not_count_as_a_change(drawn, kept):
    path = drawn.path
    drawn.close()
    first = look_at_recent(path, kept).changed
    assert look_at_recent(path, kept / "another").changed == first
