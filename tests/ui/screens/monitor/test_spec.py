from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.monitor.spec import SPEC


def test_a_visit_can_do_without_it_and_its_shifts_are_counted():
    assert SPEC.requires == ()
    assert SPEC.badge(None, "").state == SPEC.badge(ProjectStatus(), "").state == "optional"
    assert SPEC.badge(ProjectStatus(n_shifts=12), "").caption == "✓ 12 shifts"
    assert SPEC.badge(ProjectStatus(n_shifts=12, n_alarms=2), "").caption == "▲ 2 alarms"
