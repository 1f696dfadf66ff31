from fieldcheck.domain.standing import Standing
from fieldcheck.ui.screens.stress.spec import SPEC


def test_a_visit_can_do_without_it():
    assert SPEC.requires == ()
    assert SPEC.badge(None, "").state == SPEC.badge(Standing(), "").state == "optional"
    assert SPEC.badge(Standing(n_swept=12), "").said == "✓ swept"
