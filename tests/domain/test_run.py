import dataclasses
import json
import re

import pytest

from fieldcheck.domain.estimate import ChangeVerdict
from fieldcheck.domain.run import QuantisedModel, Run, StoredModel, TrackedMetric, TrackedRun
from tests.models.test_messages import FOUND


def test_a_run_keeps_everything_that_decides_its_answers():
    names = {field.name for field in dataclasses.fields(Run)}
    assert {"model_sha256", "card_sha256", "recipe", "severity", "seed", "code_version"} <= names


@pytest.mark.parametrize("row", [StoredModel, Run])
def test_what_a_row_says_of_its_fields_is_true_of_fields_that_it_has(row):
    fields = {field.name for field in dataclasses.fields(row)}
    assert set(re.findall(r"`(\w+)`", row.__doc__)) <= fields


def test_what_is_written_is_read_back_through_json():
    read_back = QuantisedModel.from_json(json.loads(json.dumps(FOUND.to_json())))
    assert json.dumps(read_back.to_json()) == json.dumps(FOUND.to_json())
    assert isinstance(read_back.field.cameras, ChangeVerdict)
    assert FOUND.field.n == 100


def test_a_figure_is_at_step_0_unless_told_and_nothing_of_a_run_can_be_changed():
    metric = TrackedMetric("loss", 0.5, 5)
    run = TrackedRun("a" * 32, "net field", 5, "0.1.0", "file:///x", {}, {}, (metric,))
    assert metric.step == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.name = "other"
