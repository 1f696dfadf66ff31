from dataclasses import replace

import pytest

from fieldcheck.domain.report import ReportForm
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from fieldcheck.report.assemble import build_report, get_stored_report, write_built_report
from fieldcheck.report.registry import set_report_form
from tests import makers


def test_notes_and_time_are_those_of_now_though_the_figures_were_there_before(labelled):
    asked = []

    def work_out():
        asked.append(1)
        return build_report(labelled, "en", NullProgress(), makers.NOW)

    first = get_stored_report(labelled, "en", work_out, NullProgress(), makers.NOW)
    set_report_form(labelled, ReportForm(notes="Shift B."))
    again = get_stored_report(labelled, "en", work_out, NullProgress(), makers.LATER)
    assert len(asked) == 1
    assert (first.created, again.created) == (makers.NOW, makers.LATER)
    assert (first.facts["form"].notes, again.facts["form"].notes) == ("", "Shift B.")
    assert replace(again, created=first.created, facts=first.facts) == first
    write_built_report(labelled, again, labelled.path / "reports")
    third = get_stored_report(labelled, "en", work_out, NullProgress(), makers.LATER)
    assert (len(asked), again.provenance.revision, third.provenance.revision) == (1, 1, 2)
    assert third.provenance.last.created == makers.LATER


def test_who_stops_is_let_go_and_nothing_is_kept(labelled):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        get_stored_report(
            labelled,
            "en",
            lambda: build_report(labelled, "en", NullProgress(flag), makers.NOW),
            NullProgress(flag),
            makers.NOW,
        )
    assert (
        get_stored_report(
            labelled,
            "en",
            lambda: build_report(labelled, "en", NullProgress(), makers.NOW),
            NullProgress(),
            makers.NOW,
        ).field
        is not None
    )
