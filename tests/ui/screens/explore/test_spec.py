from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.explore.spec import SPEC


def test_it_says_what_it_waits_for():
    assert SPEC.badge(ProjectStatus(n_picked=9), "").text == "needs labels"
    assert SPEC.badge(ProjectStatus(n_picked=9, n_labelled=9), "").text == "needs a model"
    actual = SPEC.badge(ProjectStatus(n_picked=9, n_labelled=9, n_models=1, n_answers=9), "").text
    assert actual == "gap measured"
    assert SPEC.badge(None, "").state == "not_yet"
