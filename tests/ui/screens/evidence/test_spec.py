from fieldcheck.ui.screens.evidence.spec import SPEC


def test_it_is_no_step_of_a_visit_and_has_a_key_of_its_own():
    assert not SPEC.is_step
    assert SPEC.make_open_action().keys == ("Ctrl+R",)
    assert SPEC.requires == ()
