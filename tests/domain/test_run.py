import dataclasses
import json
import re

import pytest

from fieldcheck.domain.estimate import ChangeVerdict
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
from tests.models.test_messages import FOUND


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
