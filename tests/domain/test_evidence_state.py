from dataclasses import replace

from fieldcheck.domain.project_state import EvidenceState, SealState

SEALED = SealState("2026-03-02T09:30:00+00:00", 0, (), None, (), 0, admin=False)


def test_a_seal_stands_that_came_first_and_from_which_nothing_departed():
    found = EvidenceState(SEALED, False, False, 0, 0, 0, 0)
    assert found.is_intact
    assert not replace(found, sealed=None).is_intact
    for other in (replace(SEALED, n_labels_before=1), replace(SEALED, n_redrawn=1)):
        assert not replace(found, sealed=other).is_intact
