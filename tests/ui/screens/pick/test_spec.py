from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.pick.spec import SPEC


def test_frames_are_needed_before_any_can_be_picked():
    assert SPEC.badge(ProjectStatus(), "").text == "needs frames"
    assert SPEC.badge(ProjectStatus(n_frames=1200, n_picked=100), "").caption == "✓ 100 frames"
    assert SPEC.badge(None, "").state == "not_yet"
