import numpy as np
import pytest

from fieldcheck.models.decoders.anomaly import compute_confidence, max_of_map, squeeze_map


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.8, 1.0, 7.0])
def test_a_score_at_the_threshold_is_an_anomaly_and_one_below_it_is_none(threshold):
    lower = np.nextafter(np.float32(threshold), np.float32(-9))
    at, below = compute_confidence(np.array([threshold, lower], np.float32), threshold)
    assert at.argmax() == 1
    assert below.argmax() == 0
    assert at.sum() == pytest.approx(1)


def test_a_share_with_the_threshold_one_half_stays_what_it_is():
    actual = compute_confidence(np.array([0.0, 0.3, 0.9, 1.0], np.float32), 0.5)[:, 1]
    assert actual == pytest.approx([0, 0.3, 0.9, 1])


def test_a_distance_without_an_upper_end_is_never_quite_certain():
    shares = compute_confidence(np.array([0.0, 2.0, 4.0, 1e9], np.float32), 4.0)[:, 1]
    assert shares == pytest.approx([0, 1 / 3, 0.5, 1])


def test_a_score_that_is_not_a_number_gives_none():
    assert np.isnan(compute_confidence(np.array([np.nan], np.float32), 0.5)).all()


def test_a_map_scores_as_its_highest_pixel_and_lies_flat_whichever_way_its_channel_stands():
    maps = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    assert max_of_map(maps).tolist() == [11]
    actual = [squeeze_map(one).shape for one in (maps[0], maps[0].transpose(1, 2, 0), maps[0, 0])]
    assert actual == [(3, 4)] * 3
    assert squeeze_map(np.zeros((2, 3, 4))) is None
