import json
from datetime import datetime

import pytest

from fieldcheck.errors import NotAProject, PathMissing
from fieldcheck.progress import Silent
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.project.tables.reports import StoredReport
from fieldcheck.workflows.recent import look_at_recent
from fieldcheck.workflows.report_gap import write_report
from tests import makers


def test_a_labelled_project_shows_its_counts_its_thumbnail_and_its_report(labelled):
    written = write_report(labelled, labelled.path / "reports", "en", Silent(), makers.NOW)
    labelled.close()
    found = look_at_recent(labelled.path)
    assert (found.standing.n_labelled, found.standing.n_picked) == (20, 20)
    assert found.thumbnail.startswith(b"\xff\xd8")
    assert found.gap == pytest.approx(written.report.gap.estimate.value)
    assert found.readiness == written.report.readiness
    assert abs((found.changed - datetime.now()).total_seconds()) < 3600


def test_a_project_without_picks_and_report_shows_neither(empty):
    empty.close()
    found = look_at_recent(empty.path)
    assert (found.thumbnail, found.gap, found.readiness) == (b"", None, "")


def test_it_can_be_looked_at_while_somebody_writes_it(drawn):
    assert look_at_recent(drawn.path).standing.n_picked == 20


def test_only_the_newest_report_counts_and_one_without_a_gap_has_none(empty):
    for summary in ('{"gap": {"value": 0.3}, "readiness": "not_ready"}', '{"gap": {"value": null}, "readiness": "not_enough"}'):
        empty.write(lambda db, summary=summary: reports_table.put(db, StoredReport("r", makers.NOW, "en", summary))).result()
    found = look_at_recent(empty.path)
    assert (found.gap, found.readiness) == (None, "not_enough")


@pytest.mark.parametrize("summary", ["no json", "[]", json.dumps({"gap": 3}), "{}"])
def test_a_summary_that_cannot_be_read_counts_as_no_report(empty, summary):
    empty.write(lambda db: reports_table.put(db, StoredReport("r", makers.NOW, "en", summary))).result()
    found = look_at_recent(empty.path)
    assert (found.gap, found.readiness) == (None, "")


def test_a_folder_that_is_gone_or_no_project_says_so(tmp_path):
    with pytest.raises(PathMissing):
        look_at_recent(tmp_path / "none")
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "project.db").write_bytes(b"diary")
    with pytest.raises(NotAProject):
        look_at_recent(tmp_path / "p")
