import pytest

from fieldcheck.footage.clips import compute_clip_plan, plan_for_clips
from fieldcheck.stats.camera_interval import plan_half_width


def test_ten_clips_share_a_hundred_labels_and_have_the_golden_width():
    found = plan_for_clips(10, 100)
    assert (found.clips, found.wanted, found.labels) == (10, 20, 10)
    assert found.half_width == pytest.approx(0.141341899833, abs=1e-9)


@pytest.mark.parametrize("clips", [0, 1, 2])
def test_two_clips_have_no_camera_interval_to_plan(clips):
    assert plan_for_clips(clips, 100).half_width is None


def test_a_project_is_planned_over_the_clips_of_its_list(footed):
    found = compute_clip_plan(footed)
    assert found.clips >= 1
    if found.clips >= 3:
        assert found.half_width == plan_half_width(found.clips, found.labels, 0.9)


def test_an_empty_project_has_no_clips(empty):
    assert compute_clip_plan(empty).clips == 0
