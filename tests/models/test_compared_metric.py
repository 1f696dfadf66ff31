import numpy as np
import pytest

from fieldcheck.domain.label import Box
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.models.evaluate import (
    SEED,
    ClassJudgement,
    estimate_metric,
    evaluate_boxes,
    make_metric_statistic,
)
from fieldcheck.stats.classification_scores import estimate_class_scores
from fieldcheck.stats.detection_scores import compute_coco_precision
from tests import makers

N = 40


def classes(seed=3):
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 3, N)
    predicted = np.where(draw.random(N) < 0.7, truth, draw.integers(0, 3, N))
    return ClassJudgement(truth, predicted, np.ones(N), truth == predicted)


def boxes(seed=4):
    draw = np.random.default_rng(seed)
    card = parse_card(makers.BOX_CARD)
    truths = [(Box(str(draw.choice(["part", "hole"])), 2.0, 2.0, 12.0, 10.0),) for _ in range(N)]
    answers = []
    for at, (box,) in enumerate(truths):
        x = 2.0 + float(draw.choice([0, 0, 2, 9]))
        row = [
            x, 2.0, x + 12.0, 12.0, float(draw.uniform(0.3, 1)), card.classes.index(box.class_name),
        ]  # fmt: skip
        answers.append(Prediction(str(at), np.float32([row]), False))
    return evaluate_boxes(card, frozenset(card.classes), truths, answers), len(card.classes)


def test_the_tasks_own_metric_is_the_weighted_share_of_right_frames():
    judgement, weight = classes(), np.linspace(0, 2, N)
    share = (weight * judgement.right).sum() / weight.sum()
    actual = make_metric_statistic(judgement, 3, "accuracy")(weight[np.newaxis])[0]
    assert actual == pytest.approx(share)
    assert np.isnan(make_metric_statistic(judgement, 3, "accuracy")(np.zeros((1, N)))[0])


def test_balanced_accuracy_is_that_of_the_report():
    judgement, one = classes(), np.zeros(N, np.int64)
    footage, camera = estimate_metric(
        judgement, 3, "balanced_accuracy", np.ones(N), one, np.arange(N) // 5
    )
    assert (
        footage
        == estimate_class_scores(judgement.truth, judgement.predicted, 3, np.ones(N), one, SEED)[
            "balanced_accuracy"
        ]
    )
    assert (camera.method, camera.n_eff, camera.value) == ("bootstrap_clips", 8, footage.value)
    _, few = estimate_metric(judgement, 3, "balanced_accuracy", np.ones(N), one, np.arange(N) // 10)
    assert (few.measured, few.note) == (False, "too_few_clips")


def test_average_precision_and_recall_are_those_of_coco_and_the_threshold():
    judgement, k = boxes()
    whole = np.ones((1, N))
    expected = compute_coco_precision(judgement.truths, judgement.answers, N, k)
    for name in ("map", "map50"):
        actual = make_metric_statistic(judgement, k, name)(whole)[0]
        assert actual == pytest.approx(expected[name], abs=1e-9)
    found = judgement.found
    # one object a frame
    actual = make_metric_statistic(judgement, k, "recall")(whole)[0]
    assert actual == pytest.approx(found.right.sum() / N)
