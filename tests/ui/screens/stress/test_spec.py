from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.stress.spec import SPEC


def test_a_visit_can_do_without_it():
    assert SPEC.requires == ()
    assert SPEC.badge(None, "").state == SPEC.badge(ProjectStatus(), "").state == "optional"
    assert SPEC.badge(ProjectStatus(n_swept=12), "").caption == "✓ sweep done"
