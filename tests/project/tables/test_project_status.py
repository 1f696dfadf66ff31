from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables.project_state import read_project_status
from tests import makers


def test_an_empty_project_has_nothing_but_what_it_began_with(made):
    with open_project(made["empty"], write=False) as project:
        assert project.read(read_project_status) == ProjectStatus(n_models=1, n_benchmark=18)


def test_everything_is_counted(made):
    with open_project(made["labelled"], write=False) as project:
        found = project.read(read_project_status)
    assert (found.n_recordings, found.n_open, found.seconds, found.n_frames) == (1, 0, 60.0, 120)
    assert (found.n_picked, found.n_labelled) == (20, 20)
    assert (found.n_unsure, found.n_skipped, found.n_left) == (0, 0, 0)
    assert (found.n_answers, found.n_swept) == (20 + 18, 0)  # not those to the rest of the footage


def test_picks_without_a_label_are_left(made):
    with open_project(made["drawn"], write=False) as project:
        assert project.read(read_project_status).n_left == 20


def test_answers_to_footage_or_to_damaged_pictures_are_no_measured_gap(drawn):
    assert drawn.read(read_project_status).n_answers == 0  # the import asked about 120 frames
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    assert drawn.read(read_project_status).n_answers == 20
    run_sweep(
        drawn, SweepRequest(corruptions=("dark",), on=("benchmark",)), NullProgress(), makers.NOW
    )
    found = drawn.read(read_project_status)
    # the sweep asks about the clean pictures too, and counts severities
    assert (found.n_answers, found.n_swept) == (20 + 18, 3)
