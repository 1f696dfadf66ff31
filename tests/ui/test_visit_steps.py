import pytest

from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screen import REQUIRED, Badge, get_next_step, make_badges

FOOTAGE = {"n_recordings": 2, "seconds": 602.4, "n_frames": 1200}
PICKED = {**FOOTAGE, "n_picked": 100, "n_models": 1}


@pytest.mark.parametrize(
    ("standing", "step", "badge", "following"),
    [
        (None, "project", Badge("not_yet", "none open"), "capture"),
        (ProjectStatus(), "capture", Badge("ready", "ready"), "capture"),
        (ProjectStatus(), "pick", Badge("not_yet", "needs frames"), "capture"),
        (ProjectStatus(**FOOTAGE), "capture", Badge("done", "10:02 of footage"), "pick"),
        (
            ProjectStatus(**FOOTAGE, n_open=1), "capture", Badge("look", "import interrupted"),
            "capture",
        ),
        (ProjectStatus(**FOOTAGE), "pick", Badge("ready", "ready"), "pick"),
        (ProjectStatus(**PICKED), "pick", Badge("done", "100 frames"), "label"),
        (ProjectStatus(**PICKED), "label", Badge("ready", "ready"), "label"),
        (
            ProjectStatus(**PICKED, n_labelled=35, n_unsure=2), "label",
            Badge("going", "37 of 100", 0.37), "label",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=90, n_unsure=4, n_skipped=6), "label",
            Badge("done", "100 of 100"), "explore",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=100, n_answers=100), "explore",
            Badge("done", "gap measured"), "report",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=40, n_answers=100), "explore",
            Badge("ready", "in progress"), "label",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=100, n_benchmark=50, n_answers=100), "explore",
            Badge("ready", "ready"), "explore",
        ),
        (ProjectStatus(**PICKED), "stress", Badge("optional", "optional"), "label"),
        (
            ProjectStatus(**PICKED, n_timed=1, n_slower=1), "bench", Badge("look", "slows down"),
            "label",
        ),
        (ProjectStatus(**PICKED, n_swept=12), "stress", Badge("done", "sweep done"), "label"),
        (
            ProjectStatus(**PICKED, n_labelled=100, n_answers=100, n_reports=1), "report",
            Badge("done", "1 report"), "report",
        ),
    ],
)  # fmt: skip
def test_a_step_says_how_far_it_is_and_which_comes_next(standing, step, badge, following):
    assert make_badges(standing, "Line 4")[step] == badge
    assert get_next_step(standing) == following


def test_every_required_step_has_a_badge():
    assert set(REQUIRED) <= set(make_badges(ProjectStatus(), ""))
