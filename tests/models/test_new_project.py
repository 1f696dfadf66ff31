import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.errors.models import CardNeeded
from fieldcheck.errors.projects import ProjectExists
from fieldcheck.models.new_project import NewProjectRequest, load_project_overview, set_up_project
from fieldcheck.models.store import get_card, set_ok_classes
from fieldcheck.project.limits import GapLimits, Site
from fieldcheck.project.tables import values as settings_table
from tests import makers


def test_a_project_begins_with_everything_that_was_wanted(material, tmp_path):
    wanted = NewProjectRequest(
        material / "net.onnx", benchmark=material / "clean", claimed=0.9, site="Hall 3",
        notes={"rendered_sample": True},
    )  # fmt: skip
    begun = set_up_project(tmp_path / "deep" / "p.fieldcheck", wanted, makers.NOW)
    with begun.project as project:
        assert begun.model.name == "net"
        assert begun.benchmark.benchmark.claimed == 0.9
        assert begun.classes == makers.COLOURS
        settings = project.read(settings_table.list_settings)
        (claim,) = settings.pop("claims")
        assert (claim["model"], claim["claimed"], claim["metric"]) == (begun.model.sha256, 0.9, "")
        assert settings == {"site": "Hall 3", "created": makers.NOW, "rendered_sample": True}
        assert project.count_history() == (0, 0)


def test_a_project_may_begin_with_nothing(tmp_path):
    begun = set_up_project(tmp_path / "p.fieldcheck", NewProjectRequest(), makers.NOW)
    begun.project.close()
    assert (begun.model, begun.benchmark, begun.classes) == (None, None, ())


def test_classes_from_a_file_override_the_cards(material, tmp_path):
    (tmp_path / "classes.txt").write_text("x\ny\nz\n")
    request = NewProjectRequest(material / "net.onnx", classes=tmp_path / "classes.txt")
    begun = set_up_project(tmp_path / "p.fieldcheck", request, makers.NOW)
    begun.project.close()
    assert get_card(begun.model).classes == ("x", "y", "z")


def test_classes_may_be_told_by_name(tmp_path):
    request = NewProjectRequest(classes=("ok", "scratch"))
    begun = set_up_project(tmp_path / "p.fieldcheck", request, makers.NOW)
    with begun.project as project:
        assert begun.classes == ("ok", "scratch")
        expected = ["ok", "scratch"]
        assert project.read(lambda db: settings_table.get_setting(db, "classes")) == expected


def test_an_existing_place_is_refused(tmp_path):
    (tmp_path / "p").mkdir()
    with pytest.raises(ProjectExists):
        set_up_project(tmp_path / "p", NewProjectRequest(), makers.NOW)
    assert list((tmp_path / "p").iterdir()) == []


def test_a_refusal_leaves_no_folder(material, tmp_path):
    (tmp_path / "cats.txt").write_text("cat\ndog\nhen\n")
    cases = [
        (NewProjectRequest(tmp_path / "none.onnx"), PathMissing),
        (NewProjectRequest(makers.tiny_model(tmp_path / "bare.onnx")), CardNeeded),
        (NewProjectRequest(material / "net.onnx", benchmark=tmp_path / "none"), PathMissing),
        (
            NewProjectRequest(
                material / "net.onnx", classes=tmp_path / "cats.txt", benchmark=material / "clean"
            ),
            BenchmarkRefused,
        ),
        (NewProjectRequest(material / "box.onnx", benchmark=material / "clean"), BenchmarkRefused),
        (
            NewProjectRequest(classes=tmp_path / "cats.txt", benchmark=material / "clean"),
            BenchmarkRefused,
        ),
    ]
    for wanted, error in cases:
        with pytest.raises(error):
            set_up_project(tmp_path / "p.fieldcheck", wanted, makers.NOW)
        assert not (tmp_path / "p.fieldcheck").exists()
        assert not list(tmp_path.glob(".p*"))


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
