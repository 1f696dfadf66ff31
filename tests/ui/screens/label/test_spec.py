from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.label.spec import SPEC


def test_the_step_says_how_many_frames_are_answered_and_is_done_with_the_last():
    some = SPEC.badge(ProjectStatus(n_picked=100, n_labelled=35, n_unsure=2), "")
    assert (some.caption, some.share) == ("37 of 100", 0.37)
    assert SPEC.badge(ProjectStatus(n_picked=2, n_labelled=2), "").state == "done"
    assert SPEC.badge(None, "").state == "not_yet"


def test_only_the_loupe_lasts_while_its_key_is_down():
    assert [entry.id for entry in SPEC.actions() if entry.hold] == ["label.loupe"]
