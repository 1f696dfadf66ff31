from fieldcheck.ui.screens.settings.spec import SPEC


def test_it_stands_at_the_foot_and_has_the_key_that_settings_have_elsewhere():
    assert not SPEC.is_step
    assert SPEC.badge is None
    assert SPEC.make_open_action().keys == ("Ctrl+,",)
