import pytest

from fieldcheck.domain.standing import Standing
from fieldcheck.ui.badge import Badge
from fieldcheck.ui.visit_steps import REQUIRED, badges, next_step

FOOTAGE = {"n_recordings": 2, "seconds": 602.4, "n_frames": 1200}
PICKED = {**FOOTAGE, "n_picked": 100, "n_models": 1}


@pytest.mark.parametrize(
    ("standing", "step", "badge", "following"),
    [
        (None, "project", Badge("not_yet", "none open"), "capture"),
        (Standing(), "capture", Badge("ready", "ready"), "capture"),
        (Standing(), "pick", Badge("not_yet", "needs frames"), "capture"),
        (Standing(**FOOTAGE), "capture", Badge("done", "10:02 of footage"), "pick"),
        (Standing(**FOOTAGE, n_open=1), "capture", Badge("look", "import broken off"), "capture"),
        (Standing(**FOOTAGE), "pick", Badge("ready", "ready"), "pick"),
        (Standing(**PICKED), "pick", Badge("done", "100 frames"), "label"),
        (Standing(**PICKED), "label", Badge("ready", "ready"), "label"),
        (Standing(**PICKED, n_labelled=35, n_unsure=2), "label", Badge("going", "37 of 100", 0.37), "label"),
        (Standing(**PICKED, n_labelled=90, n_unsure=4, n_skipped=6), "label", Badge("done", "100 of 100"), "explore"),
        (Standing(**PICKED, n_labelled=100, n_answers=100), "explore", Badge("done", "gap measured"), "report"),
        (Standing(**PICKED, n_labelled=40, n_answers=100), "explore", Badge("ready", "so far"), "label"),
        (Standing(**PICKED, n_labelled=100, n_benchmark=50, n_answers=100), "explore", Badge("ready", "ready"), "explore"),
        (Standing(**PICKED), "stress", Badge("optional", "optional"), "label"),
        (Standing(**PICKED, n_swept=12), "stress", Badge("done", "swept"), "label"),
        (Standing(**PICKED, n_labelled=100, n_answers=100, n_reports=1), "report", Badge("done", "1 report"), "report"),
    ],
)
def test_a_step_says_how_far_it_is_and_which_comes_next(standing, step, badge, following):
    assert badges(standing, "Line 4")[step] == badge
    assert next_step(standing) == following


def test_every_required_step_has_a_badge():
    assert set(REQUIRED) <= set(badges(Standing(), ""))
