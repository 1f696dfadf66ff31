import pytest

from fieldcheck.progress import Cancelled, Silent
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.report.domain_shift import facts_of
from fieldcheck.workflows.report.shift_aspects import aspects_of


def test_a_project_that_was_run_knows_them(labelled):
    found = facts_of(labelled).aspects
    assert (found.n_frames, found.n_clips, found.n_pictures, found.told) == (120, 1, 18, "too_few_clips")
    assert {one.name for one in found.aspects} == {"place", "spectrum", "time"}


def paths(project):
    return [item.path for item in project.read(benchmarks_table.get).items]


def test_too_few_pictures_tell_nothing(labelled):
    listed = labelled.read(lines)
    assert aspects_of(labelled, listed[:9], paths(labelled), 0, Silent()) is None
    assert aspects_of(labelled, listed, paths(labelled)[:9], 0, Silent()) is None
    assert aspects_of(labelled, listed, [], 0, Silent()) is None


def test_it_can_be_cancelled(labelled):
    class StoppedAtOnce(Silent):
        def check(self):
            raise Cancelled

    with pytest.raises(Cancelled):
        aspects_of(labelled, labelled.read(lines), paths(labelled), 0, StoppedAtOnce())
