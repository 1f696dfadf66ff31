import json
from copy import deepcopy

import pytest

from fieldcheck.cli.update import GOLDEN, compute_golden_numbers, find_wrong_number
from fieldcheck.paths import get_resource_path
from fieldcheck.progress import NullProgress
from tests.programs import run_python
from tests.stand_in import CHECKOUT


def test_golden_numbers_are_those_of_this_version():
    """`packaging/update.py golden` stores them anew where a change of theirs is meant."""
    stored = json.loads(get_resource_path(GOLDEN).read_text("utf-8"))
    now = compute_golden_numbers(NullProgress())
    assert find_wrong_number(stored, now) == ""
    for name, value in stored.items():
        other = deepcopy(now)
        other[name] = [*value[:-1], "" if isinstance(value[-1], str) else value[-1] + 2]
        assert find_wrong_number(stored, other) == name
        assert find_wrong_number(stored, {key: other[key] for key in other if key != name}) == name


@pytest.mark.long
def test_a_checkout_says_how_it_is_updated_and_what_is_installed():
    shown = run_python("-m", "fieldcheck", "update", "--json", cwd=CHECKOUT)
    document = json.loads(shown.stdout)
    assert (document["schema"], document["before"]) == ("fieldcheck.update/1", "")
    refused = run_python("-m", "fieldcheck", "update", "0.2.0.fcupdate", cwd=CHECKOUT)
    assert refused.returncode == 1
    assert "Update it with pip" in refused.stderr
    twice = run_python("-m", "fieldcheck", "update", "a", "b", cwd=CHECKOUT)
    assert (twice.returncode, "one update file" in twice.stderr) == (2, True)


@pytest.mark.long
def test_the_self_test_names_a_project_that_this_version_cannot_open(tmp_path):
    (folder := tmp_path / "broken.fieldcheck").mkdir()
    done = run_python("-m", "fieldcheck", "update", "--self-test", folder, cwd=CHECKOUT)
    assert done.returncode == 1
    assert "broken.fieldcheck is not a project folder" in done.stderr
