import dataclasses
import re

import pytest

from fieldcheck.domain.run import Run, StoredModel


def test_a_run_keeps_everything_that_decides_its_answers():
    names = {field.name for field in dataclasses.fields(Run)}
    assert {"model_sha256", "card_sha256", "recipe", "severity", "seed", "code_version"} <= names


@pytest.mark.parametrize("row", [StoredModel, Run])
def test_what_a_row_says_of_its_fields_is_true_of_fields_that_it_has(row):
    assert set(re.findall(r"`(\w+)`", row.__doc__)) <= {
        field.name for field in dataclasses.fields(row)
    }
