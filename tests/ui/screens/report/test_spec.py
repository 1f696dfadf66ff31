from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.report.spec import SPEC


def test_a_report_can_be_written_as_soon_as_anything_is_labelled():
    assert SPEC.badge(ProjectStatus(), "").state == "not_yet"
    assert SPEC.badge(ProjectStatus(n_labelled=1), "").state == "ready"
    assert SPEC.badge(ProjectStatus(n_labelled=1, n_reports=2), "").caption == "✓ 2 reports"
    assert SPEC.badge(None, "").state == "not_yet"
