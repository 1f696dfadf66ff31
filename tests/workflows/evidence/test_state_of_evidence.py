from fieldcheck.workflows.evidence.seal_project import seal_project
from fieldcheck.workflows.evidence.state_of_evidence import evidence_state
from fieldcheck.workflows.project.admin import set_admin_pin
from tests import makers


def test_it_is_read_at_once_and_follows_the_project(empty):
    found = evidence_state(empty)
    assert (found.sealed, found.guarded, found.n_runs, found.n_labels, found.n_conflicts) == (None, False, 0, 0, 0)
    seal_project(empty, None, makers.NOW)
    set_admin_pin(empty, "1234", makers.NOW)
    found = evidence_state(empty)
    assert found.sealed is not None
    assert (found.guarded, found.unlocked) == (True, True)
