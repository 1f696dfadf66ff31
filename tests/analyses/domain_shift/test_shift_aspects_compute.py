import pytest

from fieldcheck.analyses.domain_shift import compute_shift_aspects, load_domain_shift
from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables import models as benchmarks_table


def test_a_project_that_was_run_knows_them(labelled):
    found = load_domain_shift(labelled).aspects
    assert (found.n_frames, found.n_clips) == (120, 1)
    assert (found.n_pictures, found.told) == (18, "too_few_clips")
    assert {one.name for one in found.aspects} == {"place", "spectrum", "time"}


def paths(project):
    return [item.path for item in project.read(benchmarks_table.get_benchmark).items]


def test_too_few_pictures_tell_nothing(labelled):
    listed = labelled.read(list_sampling_lines)
    assert compute_shift_aspects(labelled, listed[:9], paths(labelled), 0, NullProgress()) is None
    assert compute_shift_aspects(labelled, listed, paths(labelled)[:9], 0, NullProgress()) is None
    assert compute_shift_aspects(labelled, listed, [], 0, NullProgress()) is None


def test_it_can_be_cancelled(labelled):
    class StoppedAtOnce(NullProgress):
        def check(self):
            raise Cancelled

    with pytest.raises(Cancelled):
        compute_shift_aspects(
            labelled, labelled.read(list_sampling_lines), paths(labelled), 0, StoppedAtOnce()
        )
