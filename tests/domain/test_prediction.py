import dataclasses
import json
import re
from typing import get_args

import numpy as np
import pytest

from fieldcheck.domain import prediction
from fieldcheck.domain.estimate import ChangeVerdict
from fieldcheck.domain.model_card import ALL_KINDS, FOREIGN, KINDS, parse_card
from fieldcheck.domain.run import (
    CPU,
    PROVIDER_NAMES,
    Parity,
    QuantisedModel,
    Run,
    StoredModel,
    TrackedMetric,
    TrackedRun,
)
from tests import makers
from tests.models.test_messages import FOUND


@pytest.mark.parametrize(
    "answer", [np.zeros(3, np.float64), np.zeros((1, 2, 6), np.float32), np.float32(1)]
)
def test_only_rows_of_float32_are_an_answer(answer):
    with pytest.raises(ValueError, match="an answer is"):
        prediction.Prediction("r-000001", np.asarray(answer))


@pytest.mark.parametrize("answer", [np.zeros(3, np.float32), np.zeros((0, 6), np.float32)])
def test_an_answer_cannot_be_changed_afterwards(answer):
    assert not prediction.Prediction("r-000001", answer).answer.flags.writeable


def test_every_task_has_its_kind_of_answer_and_every_kind_its_task():
    assert set(prediction.ANSWER_KINDS) == set(get_args(prediction.Task)) == set(KINDS)
    assert set(prediction.ANSWER_KINDS.values()) == set(prediction.ALL_ANSWER_KINDS)


@pytest.mark.parametrize(("task", "labels", "metric"), [
    ("classification", "class", "accuracy"),
    ("anomaly", "class", "accuracy"),
    ("detection", "boxes", "frame_score"),
    ("instance", "boxes", "frame_score"),
    ("segmentation", "points", "point_score"),
    ("multilabel", "none", "accuracy"),
])  # fmt: skip
def test_a_kind_says_how_its_frames_are_labelled_and_scored(task, labels, metric):
    kind = (prediction.get_answer_kind(task).labels, prediction.get_answer_kind(task).metric)
    assert kind == (labels, metric)


def test_only_sigmoids_stand_each_for_itself_and_only_maps_are_kept():
    kinds = [kind for kind in prediction.ALL_ANSWER_KINDS if kind.independent]
    assert kinds == [prediction.SEVERAL_CLASSES]
    kinds = [kind for kind in prediction.ALL_ANSWER_KINDS if kind.keeps_masks]
    assert kinds == [prediction.CLASS_MAP]


def test_a_table_gives_each_kind_its_own():
    table = prediction.ByKind(one_class=1, several_classes=2, boxes=3, class_map=4)
    assert [table[kind] for kind in prediction.ALL_ANSWER_KINDS] == [1, 2, 3, 4]
    assert table[parse_card(makers.BOX_CARD).answers] == 3


def test_a_card_answers_as_its_task_does():
    assert parse_card(makers.CARD).answers is prediction.ONE_CLASS
    assert parse_card(makers.BOX_CARD).answers is prediction.BOXES
    assert parse_card(makers.MASK_CARD).answers is prediction.CLASS_MAP


def test_a_word_that_is_no_task_is_refused():
    with pytest.raises(ValueError, match="keypoints"):
        prediction.get_answer_kind("keypoints")


def test_every_kind_is_named_once_and_carries_the_answers_of_a_task():
    assert len({one.name for one in prediction.OUTPUT_KINDS}) == len(prediction.OUTPUT_KINDS)
    assert all(one.tasks for one in prediction.OUTPUT_KINDS)
    assert {task for one in prediction.OUTPUT_KINDS for task in one.tasks} == set(KINDS)


def test_what_a_card_may_say_is_what_is_declared():
    assert tuple(prediction.BY_NAME) == (*ALL_KINDS, *FOREIGN)
    assert KINDS["multilabel"] == ("logits", "sigmoid")
    assert KINDS["anomaly"] == prediction.list_kind_names(lambda kind: kind.open_ended)


def test_a_run_keeps_everything_that_decides_its_answers():
    names = {field.name for field in dataclasses.fields(Run)}
    assert {"model_sha256", "card_sha256", "recipe", "severity", "seed", "code_version"} <= names


@pytest.mark.parametrize("row", [StoredModel, Run])
def test_what_a_row_says_of_its_fields_is_true_of_fields_that_it_has(row):
    fields = {field.name for field in dataclasses.fields(row)}
    assert set(re.findall(r"`(\w+)`", row.__doc__)) <= fields


def read_back(model: QuantisedModel) -> QuantisedModel:
    return QuantisedModel.from_json(json.loads(json.dumps(model.to_json())))


def test_what_is_written_is_read_back_through_json():
    verdict = ChangeVerdict.from_limits(FOUND.field.change, 0.5)
    judged = dataclasses.replace(FOUND, field=dataclasses.replace(FOUND.field, cameras=verdict))
    assert read_back(judged) == judged
    assert judged.field.n == 100


def test_a_change_stored_without_its_clips_says_nothing_of_other_clips():
    cameras = read_back(FOUND).field.cameras
    assert not cameras.change.measured
    assert (cameras.change.note, cameras.direction) == ("no_clips", "")


def test_a_figure_is_at_step_0_unless_told_and_nothing_of_a_run_can_be_changed():
    metric = TrackedMetric("loss", 0.5, 5)
    run = TrackedRun("a" * 32, "net field", 5, "0.1.0", "file:///x", {}, {}, (metric,))
    assert metric.step == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.name = "other"


def test_every_provider_has_a_name_of_the_runtime_and_the_processor_is_the_first():
    assert next(iter(PROVIDER_NAMES)) == CPU
    assert all(name.endswith("ExecutionProvider") for name in PROVIDER_NAMES.values())
    assert "AzureExecutionProvider" not in PROVIDER_NAMES.values()


def test_a_provider_is_used_only_where_nothing_is_wrong():
    assert Parity("cuda", 4, 0.001, ("Loop",)).is_usable
    assert not Parity("cuda", problem="differs").is_usable
