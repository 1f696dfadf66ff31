from itertools import pairwise
from pathlib import Path

import pytest

from tests.order import LONGEST, shared

TESTS = Path(__file__).parent
SHORT = [f"words/test_{number}.py" for number in range(40) for _ in range(10)]
LONG = [name for name in LONGEST for _ in range(2)]


def test_the_files_that_are_named_are_there():
    assert [name for name in LONGEST if not (TESTS / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
@pytest.mark.parametrize("files", [SHORT + LONG, SHORT, LONG, LONG[:1], []])
def test_every_test_is_run_once(files, processes):
    assert sorted(shared(files, processes)) == list(range(len(files)))


@pytest.mark.parametrize("processes", [2, 3])
def test_each_process_begins_with_its_share_of_the_long_files(processes):
    files = SHORT + LONG
    ordered = [files[at] for at in shared(files, processes)]
    size = len(files) // processes
    for process in range(processes):
        stretch = ordered[process * size : (process + 1) * size]
        own = [name for name in LONGEST[process::processes] for _ in range(2)]
        assert stretch[: len(own)] == own
        assert not set(stretch[len(own) :]) & set(LONGEST)


def test_the_tests_of_a_file_stay_together():
    ordered = [SHORT[at] for at in shared(SHORT, 3)]
    assert sum(one != other for one, other in pairwise(ordered)) == len(set(SHORT)) - 1
