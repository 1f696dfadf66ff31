from dataclasses import replace

import pytest

from fieldcheck.domain.report_form import ReportForm
from fieldcheck.progress import Cancelled, Silent, StopFlag
from fieldcheck.workflows.report.report_form import set_report_form
from fieldcheck.workflows.report.report_gap import assemble, write_assembled
from fieldcheck.workflows.report.stored_report import stored_report
from tests import makers


def test_notes_and_time_are_those_of_now_though_the_figures_were_there_before(labelled):
    asked = []

    def work_out():
        asked.append(1)
        return assemble(labelled, "en", Silent(), makers.NOW)

    first = stored_report(labelled, "en", work_out, Silent(), makers.NOW)
    set_report_form(labelled, ReportForm(notes="Shift B."))
    again = stored_report(labelled, "en", work_out, Silent(), makers.LATER)
    assert len(asked) == 1
    assert (first.created, again.created) == (makers.NOW, makers.LATER)
    assert (first.facts["form"].notes, again.facts["form"].notes) == ("", "Shift B.")
    assert replace(again, created=first.created, facts=first.facts) == first
    write_assembled(labelled, again, labelled.path / "reports")
    third = stored_report(labelled, "en", work_out, Silent(), makers.LATER)
    assert (len(asked), again.provenance.revision, third.provenance.revision) == (1, 1, 2)
    assert third.provenance.last.created == makers.LATER


def test_who_stops_is_let_go_and_nothing_is_kept(labelled):
    flag = StopFlag()
    flag.stop()
    with pytest.raises(Cancelled):
        stored_report(labelled, "en", lambda: assemble(labelled, "en", Silent(flag), makers.NOW), Silent(flag), makers.NOW)
    assert stored_report(labelled, "en", lambda: assemble(labelled, "en", Silent(), makers.NOW), Silent(), makers.NOW).field is not None
