from fieldcheck.evidence.seal import create_seal
from fieldcheck.project.limits import set_admin_pin
from fieldcheck.report.evidence_pack import get_evidence_state
from tests import makers


def test_it_is_read_at_once_and_follows_the_project(empty):
    found = get_evidence_state(empty)
    assert (found.sealed, found.guarded) == (None, False)
    assert (found.n_runs, found.n_labels, found.n_conflicts) == (0, 0, 0)
    create_seal(empty, None, makers.NOW)
    set_admin_pin(empty, "1234", makers.NOW)
    found = get_evidence_state(empty)
    assert found.sealed is not None
    assert (found.guarded, found.unlocked) == (True, True)
