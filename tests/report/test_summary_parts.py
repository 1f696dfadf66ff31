from fieldcheck.report.sections import SECTIONS
from fieldcheck.report.summary import summary
from tests.report.example_report import empty_report, example_report, slices


def test_no_key_is_told_by_two_sections():
    keys = [key for section in SECTIONS for key in section.told(example_report(slices=slices()))]
    assert len(set(keys)) == len(keys)
    assert set(keys) < set(summary(example_report(slices=slices())))


def test_slices_are_absent_where_nothing_cuts_the_footage():
    assert "slices" not in summary(empty_report())
    assert "slices" in summary(example_report(slices=slices()))
