from fieldcheck.domain.report import MOST_NOTES, ReportForm


def test_a_report_is_whole_and_bare_of_notes_until_somebody_chooses():
    assert ReportForm() == ReportForm((), "")
    assert MOST_NOTES > 1000
