from fieldcheck.report.folder import build_summary
from fieldcheck.report.registry import SECTIONS
from tests.report.example_report import empty_report, example_report, slices


def test_no_key_is_told_by_two_sections():
    keys = [
        key for section in SECTIONS for key in section.to_document(example_report(slices=slices()))
    ]
    assert len(set(keys)) == len(keys)
    assert set(keys) < set(build_summary(example_report(slices=slices())))


def test_slices_are_absent_where_nothing_cuts_the_footage():
    assert "slices" not in build_summary(empty_report())
    assert "slices" in build_summary(example_report(slices=slices()))
