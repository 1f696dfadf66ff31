import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.models.decoders import decoder as suppression
from fieldcheck.models.decoders.decoder import Candidates
from fieldcheck.stats.boxes import compute_iou


def boxes(*rows):
    """Rows of x1, y1, x2, y2, score, class."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Candidates(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))


def suppress(found, threshold, **most):
    return found.select(suppression.suppress_non_maxima(found, threshold, **most))


def by_score(found, **most):
    return found.select(suppression.find_highest_scores(found, **most))


def test_the_surest_of_overlapping_boxes_stays():
    found = suppress(
        boxes([0, 0, 10, 10, 0.6, 0], [1, 0, 11, 10, 0.9, 0], [30, 0, 40, 10, 0.3, 0]), 0.45
    )
    assert found.scores.tolist() == [np.float32(0.9), np.float32(0.3)]


def test_another_class_may_stand_in_the_same_place():
    assert len(suppress(boxes([0, 0, 10, 10, 0.6, 0], [0, 0, 10, 10, 0.9, 1]), 0.45).scores) == 2


def test_an_overlap_at_the_threshold_stays():
    pair = boxes([0, 0, 10, 10, 0.9, 0], [0, 0, 10, 5, 0.8, 0])  # exactly one half
    assert len(suppress(pair, 0.5).scores) == 2
    assert len(suppress(pair, 0.49).scores) == 1


def test_a_box_that_is_gone_takes_no_other_with_it():
    chain = boxes([0, 0, 10, 10, 0.9, 0], [4, 0, 14, 10, 0.8, 0], [8, 0, 18, 10, 0.7, 0])
    assert suppress(chain, 0.4).scores.tolist() == [np.float32(0.9), np.float32(0.7)]


def test_nothing_stays_nothing():
    assert suppress(boxes(), 0.45).xyxy.shape == (0, 4)
    assert by_score(boxes()).xyxy.shape == (0, 4)


def test_no_more_than_the_limit_are_kept():
    many = boxes(*([20 * i, 0, 20 * i + 10, 10, i / 10, 0] for i in range(10)))
    assert suppress(many, 0.45, most=3).scores.tolist() == by_score(many, most=3).scores.tolist()


row = st.tuples(
    st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20),
    st.integers(0, 10), st.integers(0, 2),
)  # fmt: skip


@given(st.lists(row, max_size=15), st.sampled_from([0.2, 0.45, 0.7]))
def test_what_stays_overlaps_little_and_what_goes_is_covered(rows, threshold):
    found = boxes(*([x, y, x + w, y + h, score / 10, kind] for x, y, w, h, score, kind in rows))
    kept = suppress(found, threshold)
    same = kept.classes[:, None] == kept.classes[None]
    overlap = np.triu(compute_iou(kept.xyxy, kept.xyxy) * same, 1)
    assert not (overlap > threshold).any()
    assert (np.diff(kept.scores) <= 0).all()
    for box, score, kind in zip(found.xyxy, found.scores, found.classes, strict=True):
        surer = kept.select((kept.classes == kind) & (kept.scores >= score))
        is_kept = (surer.xyxy == box).all(axis=1).any()
        assert is_kept or (compute_iou(box[None], surer.xyxy) > threshold).any()
