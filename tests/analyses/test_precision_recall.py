import numpy as np
import pytest

from fieldcheck.analyses import precision_recall
from fieldcheck.analyses.precision_recall import Unlikeness, UnlikenessStep, compute_unlikeness
from fieldcheck.models.embeddings import compute_missing_vectors
from fieldcheck.models.scored_sides import load_scored_sides
from fieldcheck.progress import NullProgress


def test_curves_equal_counts_by_hand(labelled, monkeypatch):
    monkeypatch.setattr(precision_recall, "FEWEST", 1)
    found = precision_recall.compute_precision_recall(labelled)
    assert {one.on for one in found} == {"field", "benchmark"}
    sides = load_scored_sides(labelled)
    field = sides.field
    for one in (one for one in found if one.on == "field"):
        k = sides.card.classes.index(one.class_name)
        p = np.array(
            [field.answers[field.picks[at].frame_id].answer[k] for at in field.labelled.tolist()]
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


def test_a_stretch_holds_its_quartiles():
    step = UnlikenessStep(0, 9, "", 0.2, 0.1, 0.4)
    assert Unlikeness((step,), 10, 20, 0.3, True).steps[0].low <= step.middle <= step.high


def test_every_frame_is_held_against_its_nearest_benchmark_picture(labelled):
    assert compute_unlikeness(labelled) is None
    vectors = compute_missing_vectors(labelled, NullProgress())
    found = compute_unlikeness(labelled)
    frames, benchmark = vectors.vectors[: vectors.n_frames], vectors.vectors[vectors.n_frames :]
    assert (found.n, found.n_pictures) == (len(frames), len(benchmark))
    assert (found.steps[0].first, found.steps[-1].last) == (0, found.n - 1)
    nearest = 1 - (frames @ benchmark.T).max(axis=1)
    first = found.steps[0]
    assert first.middle == pytest.approx(np.median(nearest[: first.last + 1]), abs=1e-6)
