from fieldcheck.labels.classes import set_ok_classes
from fieldcheck.models.new_project import NewProjectRequest, load_project_overview, set_up_project
from fieldcheck.project.limits import GapLimits, Site
from tests import makers


def test_a_project_with_everything_shows_it(labelled):
    found = load_project_overview(labelled)
    assert found.site == Site("Hall 3")
    assert found.limits == GapLimits()
    assert found.classes == makers.COLOURS
    assert (found.model.name, found.model.file) == ("net", "net.onnx")
    assert (found.model.task, found.model.size) == ("classification", (32, 32))
    assert found.model.n_bytes > 100
    assert found.model.preprocessing_record["resize"] == "stretch"
    assert found.benchmark.n == 18
    assert (found.benchmark.claimed, found.benchmark.metric) == (0.95, "accuracy")
    assert (found.benchmark.score.n, round(found.benchmark.score.value * 18)) == (18, 17)
    assert found.benchmark.reproduced is True


def test_a_benchmark_that_was_not_run_has_no_score(empty):
    found = load_project_overview(empty).benchmark
    assert (found.score, found.reproduced) == (None, None)


def test_a_bare_project_shows_that_everything_is_still_to_come(tmp_path):
    with set_up_project(
        tmp_path / "p.fieldcheck", NewProjectRequest(classes=("ok", "scratch")), makers.NOW
    ).project as project:
        found = load_project_overview(project)
    assert (found.model, found.benchmark, found.classes) == (None, None, ("ok", "scratch"))


def test_a_model_whose_file_is_gone_is_still_shown(empty):
    (empty.path / "models" / "net" / "net.onnx").unlink()
    assert load_project_overview(empty).model.n_bytes == 0


def test_which_classes_are_ok_is_proposed_until_it_is_said(tmp_path):
    with set_up_project(
        tmp_path / "p.fieldcheck", NewProjectRequest(classes=("ok", "scratch")), makers.NOW
    ).project as project:
        assert (
            load_project_overview(project).ok_classes,
            load_project_overview(project).ok_confirmed,
        ) == (("ok",), False)
        set_ok_classes(project, ["scratch"])
        assert (
            load_project_overview(project).ok_classes,
            load_project_overview(project).ok_confirmed,
        ) == (("scratch",), True)
