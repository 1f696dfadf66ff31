import dataclasses

from fieldcheck.domain.run import Run


def test_a_run_keeps_everything_that_decides_its_answers():
    names = {field.name for field in dataclasses.fields(Run)}
    assert {"model_sha256", "card_sha256", "recipe", "severity", "seed", "code_version"} <= names
