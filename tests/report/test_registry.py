import pytest

from fieldcheck.domain.report import MOST_NOTES, ReportForm
from fieldcheck.report.folder import build_summary
from fieldcheck.report.section import load_report_form, set_report_form
from tests.report.example_report import empty_report, example_report, slices


def test_sections_and_notes_are_kept_logged_and_undone(empty):
    assert load_report_form(empty) == ReportForm()
    actual = set_report_form(empty, ReportForm(("latency", "where"), " Lamp 2 was off. ")).act
    assert actual == "report.form"
    assert load_report_form(empty) == ReportForm(("where", "latency"), "Lamp 2 was off.")
    set_report_form(empty, ReportForm(one_page=True))
    assert load_report_form(empty) == ReportForm(one_page=True)
    empty.undo()
    empty.undo()
    assert load_report_form(empty) == ReportForm()


@pytest.mark.parametrize(
    "form", [ReportForm(("decision",)), ReportForm(notes="x" * (MOST_NOTES + 1))]
)
def test_the_first_page_cannot_be_left_out_and_notes_have_an_end(empty, form):
    with pytest.raises(ValueError, match="no form of a report"):
        set_report_form(empty, form)


def test_slices_are_absent_where_nothing_cuts_the_footage():
    assert "slices" not in build_summary(empty_report())
    assert "slices" in build_summary(example_report(slices=slices()))
