import numpy as np

from fieldcheck.analyses import precision_recall
from fieldcheck.models.scored_sides import load_scored_sides


def test_curves_equal_counts_by_hand(labelled, monkeypatch):
    monkeypatch.setattr(precision_recall, "FEWEST", 1)
    found = precision_recall.compute_precision_recall(labelled)
    assert {one.on for one in found} == {"field", "benchmark"}
    sides = load_scored_sides(labelled)
    field = sides.field
    for one in (one for one in found if one.on == "field"):
        k = sides.card.classes.index(one.class_name)
        p = np.array(
            [field.answers[field.picks[at].frame_id].answer[k] for at in field.at.tolist()]
        )
        is_class = field.judgement.truth == k
        assert one.n == is_class.sum()
        for point in one.points:
            called = p >= point.threshold
            assert point.precision.value == is_class[called].mean()
            assert point.recall.value == (called & is_class).sum() / one.n


def test_classes_with_few_labels_have_none(labelled):
    assert all(
        one.n >= 10
        for one in precision_recall.compute_precision_recall(labelled) or ()
        if one.on == "field"
    )
