from fieldcheck.project.folder import open_project
from fieldcheck.project.tables.standing import Standing, standing
from tests.made_projects import made, material  # noqa: F401


def test_an_empty_project_has_nothing_but_what_it_began_with(made):  # noqa: F811
    with open_project(made["empty"], write=False) as project:
        assert project.read(standing) == Standing(n_models=1, n_benchmark=18)


def test_everything_is_counted(made):  # noqa: F811
    with open_project(made["labelled"], write=False) as project:
        found = project.read(standing)
    assert (found.n_recordings, found.n_open, found.seconds, found.n_frames) == (1, 0, 60.0, 120)
    assert (found.n_picked, found.n_labelled, found.n_unsure, found.n_skipped, found.n_left) == (20, 20, 0, 0, 0)
    assert found.n_answers >= 120 + 18


def test_picks_without_a_label_are_left(made):  # noqa: F811
    with open_project(made["drawn"], write=False) as project:
        assert project.read(standing).n_left == 20
