from itertools import pairwise
from pathlib import Path

import pytest

from tests.order import LONGEST, READERS, shared

TESTS = Path(__file__).parent
SHORT = [f"words/test_{number}.py" for number in range(40) for _ in range(10)]
LONG = [name for name in LONGEST for _ in range(2)]


def test_the_files_that_are_named_are_there():
    named = (*LONGEST, *READERS)
    assert [name for name in named if not (TESTS / name).is_file()] == []
    assert len(set(named)) == len(named)


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


def test_one_process_reads_all_modules_of_the_product():
    files = [*LONG, *SHORT, *(name for name in READERS for _ in range(3)), *SHORT]
    first = [files[at] for at in shared(files, 4)][: len(files) // 4]
    assert sum(name in READERS for name in first) == 3 * len(READERS)
