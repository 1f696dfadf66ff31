from fieldcheck.ui.screens.help.spec import SPEC


def test_it_opens_with_f1_and_has_no_page_about_itself():
    assert SPEC.make_open_action().keys == ("F1",)
    assert SPEC.help is None
