from fieldcheck.domain.project_state import ProjectStatus


def test_picks_that_nobody_said_anything_about_are_left():
    assert ProjectStatus(n_picked=20, n_labelled=9, n_unsure=2, n_skipped=1).n_left == 8
