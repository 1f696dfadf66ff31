from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.latency.spec import SPEC


def test_a_visit_can_do_without_it_and_a_run_that_got_slower_is_looked_at():
    assert SPEC.requires == ()
    assert SPEC.badge(None, "").state == SPEC.badge(ProjectStatus(), "").state == "optional"
    assert SPEC.badge(ProjectStatus(n_timed=1), "").caption == "✓ measured"
    assert SPEC.badge(ProjectStatus(n_timed=2, n_slower=1), "").caption == "▲ slows down"
