import pytest

from fieldcheck.stats.camera_interval import make_typical_counts, plan_clips, plan_half_width


@pytest.mark.parametrize(
    ("clips", "frames", "accuracy", "icc", "wanted"),
    [
        (10, 10, 0.9, 0.3, 0.141341899833),
        (20, 5, 0.9, 0.3, 0.100331006216),
        (50, 2, 0.9, 0.3, 0.073416758540),
        (12, 8, 0.8, 0.1, 0.121318021674),
    ],
)
def test_the_golden_half_widths(clips, frames, accuracy, icc, wanted):
    assert plan_half_width(clips, frames, accuracy, icc) == pytest.approx(wanted, abs=1e-9)


def test_the_golden_numbers_of_clips():
    assert plan_clips(0.10, 5, 0.9, 0.3) == 21
    assert plan_clips(0.10, 5, 0.8, 0.1) == 22
    assert plan_clips(0.075, 5, 0.95, 0.3) == 23


def test_what_no_number_of_clips_can_give_is_none():
    assert plan_clips(0.001, 1, 0.5, 0.3, most=10) is None


def test_more_clips_beat_more_frames_of_one_clip():
    assert plan_half_width(20, 5, 0.9) < plan_half_width(10, 10, 0.9) < plan_half_width(5, 20, 0.9)


def test_a_typical_visit_has_the_accuracy_that_was_asked_for():
    counts = make_typical_counts(50, 10, 0.8, 0.2)
    assert counts.mean() / 10 == pytest.approx(0.8, abs=0.02)
    assert counts.min() >= 0
    assert counts.max() <= 10


def test_two_clips_cannot_be_planned():
    with pytest.raises(ValueError, match="2 clips"):
        plan_half_width(2, 10, 0.9)
