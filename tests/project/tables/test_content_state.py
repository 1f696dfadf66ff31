from functools import partial

import pytest

from fieldcheck.domain.label import LabelDraft
from fieldcheck.domain.report import ReportForm
from fieldcheck.labels.store import LabelDecision, mark_person, set_label, store_draft
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.project.tables.project_state import StoredReport, compute_content_state
from fieldcheck.report.registry import KEY, set_report_form
from tests import makers


def first_pick(project):
    return project.read(picks_table.list_picks)[0].frame_id


@pytest.mark.parametrize(
    "act",
    [
        lambda project: set_label(
            project, first_pick(project), LabelDecision("red"), by="tester", now=makers.NOW
        ),
        lambda project: mark_person(project, [first_pick(project)], True, "tester"),
        lambda project: run_and_score(project, None, "benchmark", NullProgress(), makers.NOW),
        lambda project: set_report_form(project, ReportForm(notes="Shift B.")),
    ],
)
def test_it_is_another_with_every_label_mark_run_and_setting(drawn, act):
    before = drawn.read(compute_content_state)
    act(drawn)
    assert drawn.read(compute_content_state) != before


def test_an_undone_label_brings_the_state_back(drawn):
    first, second = (one.frame_id for one in drawn.read(picks_table.list_picks)[:2])
    # with which the project is sealed
    set_label(drawn, first, LabelDecision("red"), by="tester", now=makers.NOW)
    before = drawn.read(compute_content_state)
    set_label(drawn, second, LabelDecision("red"), by="tester", now=makers.NOW)
    assert drawn.read(compute_content_state) != before
    drawn.undo()
    assert drawn.read(compute_content_state) == before


def test_drafts_written_reports_and_settings_that_do_not_count_leave_it(drawn):
    before, but = drawn.read(compute_content_state), partial(compute_content_state, without=(KEY,))
    part = drawn.read(but)
    store_draft(drawn, LabelDraft(first_pick(drawn)), "draw")
    drawn.write(
        lambda db: reports_table.put_report(db, StoredReport("reports/a", makers.NOW, "en", "{}"))
    ).result()
    assert drawn.read(compute_content_state) == before
    set_report_form(drawn, ReportForm(notes="Shift B."))
    assert drawn.read(compute_content_state) != before
    assert drawn.read(but) == part
