from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.home.spec import SPEC


def test_an_open_project_is_named_on_the_rail_and_without_one_it_says_so():
    assert SPEC.badge(None, "").text == "none open"
    assert SPEC.badge(ProjectStatus(), "Line 4").caption == "Line 4"
