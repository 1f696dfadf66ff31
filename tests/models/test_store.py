import json
import os
import sys

import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.errors.labels import NotComparable
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected, ModelUnknown, NoModel
from fieldcheck.errors.projects import PathOccupied, ProjectDamaged, ProjectExists
from fieldcheck.models import store
from fieldcheck.models.new_project import NewProjectRequest, load_project_overview, set_up_project
from fieldcheck.models.store import get_card, list_project_classes, set_ok_classes
from fieldcheck.project.limits import GapLimits, Site
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import values as settings_table
from tests import makers
from tests.models import exporters


@pytest.fixture
def bare(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as project:
        yield project


def test_a_card_beside_the_model_is_read_and_one_that_is_named_goes_before(material, tmp_path):
    assert store.inspect_model(material / "net.onnx").card.classes == makers.COLOURS
    fields = {**makers.COLOUR_CARD, "classes": ["x", "y", "z"]}
    card = makers.write_card(tmp_path / "c.json", fields)
    assert store.inspect_model(material / "net.onnx", card).card.classes == ("x", "y", "z")
    expected = ("p", "q", "r")
    seen = store.inspect_model(material / "net.onnx", card, ("p", "q", "r"))
    assert seen.card.classes == expected


def test_usual_classes_count_only_where_nobody_names_any(material, tmp_path):
    actual = store.inspect_model(material / "net.onnx", usual=("x", "y", "z")).card.classes
    assert actual == makers.COLOURS
    bare_card = {key: value for key, value in makers.COLOUR_CARD.items() if key != "classes"}
    card = makers.write_card(tmp_path / "c.json", bare_card)
    actual = store.inspect_model(material / "net.onnx", card, usual=("x", "y", "z")).card.classes
    assert actual == ("x", "y", "z")
    with pytest.raises(CardNeeded):
        store.inspect_model(material / "net.onnx", card)


def test_what_is_no_model_or_no_card_is_refused(material, tmp_path):
    with pytest.raises(PathMissing):
        store.inspect_model(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelRejected):
        store.inspect_model(tmp_path / "text.onnx")
    for text in ("[1]", "{", "\xff"):
        (tmp_path / "c.json").write_bytes(text.encode("latin-1"))
        with pytest.raises(CardRejected):
            store.inspect_model(material / "net.onnx", tmp_path / "c.json")
    with pytest.raises(PathMissing):
        store.read_card_file(tmp_path / "none.json")


def test_classes_of_yaml_are_the_names_of_a_yolo_data_file_and_no_lines_of_another(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text("train: images/train\nnames:\n  0: dent\n  1: scratch\n")
    assert store.read_classes(path) == ("dent", "scratch")
    for text in (
        "names: [dent, scratch]\nlr0: 0.01\n", "train: images/train\n",
        "names: [dent, 3.0, []]\nval: images\n", "[",
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(CardRejected):
            store.read_classes(path)


def test_classes_stand_one_a_line(tmp_path):
    path = tmp_path / "classes.txt"
    path.write_bytes("\ufeffScheibe groß\r\nmutter\r\n\r\n".encode())
    assert store.read_classes(path) == ("Scheibe groß", "mutter")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CardRejected):
        store.read_classes(path)
    os.truncate(path, store.LARGEST_LIST + 1)
    with pytest.raises(CardRejected):
        store.read_classes(path)
    with pytest.raises(PathMissing):
        store.read_classes(tmp_path)


def test_a_card_is_written_where_nothing_lies_and_read_again(tmp_path):
    card = parse_card(makers.COLOUR_CARD)
    store.write_card(tmp_path / "card.json", card)
    assert parse_card(store.read_card_file(tmp_path / "card.json")) == card
    with pytest.raises(PathOccupied):
        store.write_card(tmp_path / "card.json", card)


@pytest.mark.long
def test_a_model_is_copied_with_the_files_it_needs(bare, tmp_path):
    (tmp_path / "outside").mkdir()
    path = makers.tiny_model(tmp_path / "outside" / "net.onnx", external=True)
    makers.write_card(path.with_suffix(".card.json"), makers.CARD)
    stored = store.add_model(bare, path, None, makers.NOW)
    expected = ["net.onnx", "weights.bin"]
    assert sorted(file.name for file in (bare.path / "models" / "net").iterdir()) == expected
    assert stored.file == "models/net/net.onnx"
    actual = store.inspect_model(bare.path / stored.file, path.with_suffix(".card.json")).sha256
    assert actual == stored.sha256


@pytest.mark.long
def test_the_same_model_adds_nothing_and_another_of_the_name_is_numbered(bare, material, tmp_path):
    first = store.add_model(bare, material / "net.onnx", None, makers.NOW)
    assert store.add_model(bare, material / "net.onnx", None, makers.LATER) == first
    (tmp_path / "other").mkdir()
    path = makers.colour_model(tmp_path / "other" / "net.onnx", gain=30.0)
    second = store.add_model(bare, path, None, makers.LATER)
    assert [model.name for model in bare.read(models_table.list_models)] == ["net", "net-2"]
    assert store.find_model(bare) == second
    assert store.find_model(bare, "net") == first
    assert (bare.path / first.file).read_bytes() != (bare.path / second.file).read_bytes()


def test_an_earlier_model_that_is_set_again_is_the_newest(bare, material, tmp_path):
    first = store.add_model(bare, material / "net.onnx", None, makers.NOW)
    other = makers.colour_model(tmp_path / "other.onnx", gain=30.0)
    store.add_model(bare, other, None, makers.LATER)
    again = store.add_model(bare, material / "net.onnx", None, makers.LATER)
    assert store.find_model(bare) == again
    assert (again.sha256, again.card) == (first.sha256, first.card)
    assert [model.name for model in bare.read(models_table.list_models)] == [
        "net",
        "other",
        "net-2",
    ]


def test_a_model_that_is_not_there_is_named_with_those_that_are(bare, material):
    with pytest.raises(NoModel):
        store.find_model(bare)
    store.add_model(bare, material / "net.onnx", None, makers.NOW)
    with pytest.raises(ModelUnknown) as caught:
        store.find_model(bare, "other")
    assert caught.value.known == ("net",)


def test_a_later_model_keeps_its_own_order_of_classes(bare, material, tmp_path):
    store.add_model(bare, material / "net.onnx", None, makers.NOW)
    turned = {**makers.COLOUR_CARD, "classes": ["blue", "green", "red"]}
    path = makers.colour_model(tmp_path / "turned.onnx", turned, order=(2, 1, 0))
    second = store.add_model(bare, path, None, makers.LATER)
    assert store.get_card(second).classes == ("blue", "green", "red")


def test_a_later_model_without_named_classes_has_those_of_the_first(bare, material, tmp_path):
    store.add_model(bare, material / "net.onnx", None, makers.NOW)
    nameless = {key: value for key, value in makers.COLOUR_CARD.items() if key != "classes"}
    path = makers.colour_model(tmp_path / "second.onnx", nameless, gain=5.0)
    second = store.add_model(bare, path, None, makers.LATER)
    assert store.get_card(second).classes == makers.COLOURS


def test_a_model_that_cannot_be_asked_the_same_question_is_refused(bare, material, tmp_path):
    store.add_model(bare, material / "net.onnx", None, makers.NOW)
    fields = {**makers.COLOUR_CARD, "classes": ["red", "green", "black"]}
    other = makers.colour_model(tmp_path / "other.onnx", fields)
    with pytest.raises(NotComparable) as caught:
        store.add_model(bare, other, None, makers.LATER)
    assert (caught.value.problem, caught.value.detail) == ("classes", "blue")
    names = list(makers.COLOURS)
    card = makers.write_card(tmp_path / "card.json", {**makers.BOX_CARD, "classes": names})
    with pytest.raises(NotComparable):
        store.add_model(bare, material / "box.onnx", card, makers.LATER)
    assert len(bare.read(models_table.list_models)) == 1


def test_the_classes_of_a_benchmark_are_not_taken_for_the_models(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", benchmark=material / "clean") as project:
        fields = {**makers.COLOUR_CARD, "classes": ["red", "green", "blue"]}
        card = makers.write_card(tmp_path / "c.json", fields)
        read = store.get_card(store.add_model(project, material / "net.onnx", card, makers.NOW))
        actual = read.classes
        assert actual == ("red", "green", "blue")


def test_free_names_are_numbered():
    assert store.find_free_name("a", set()) == "a"
    assert store.find_free_name("a", {"a", "a-2"}) == "a-3"


def test_a_name_in_other_letters_is_taken_too():
    """Windows and macOS would put the second model into the folder of the first."""
    assert store.find_free_name("Net", {"net", "NET-2"}) == "Net-3"
    assert store.find_free_name("e\u0301", {"\u00e9"}) == "e\u0301-2"


def test_models_whose_names_differ_by_case_lie_in_folders_of_their_own(bare, material, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    first = makers.colour_model(tmp_path / "a" / "line.onnx")
    second = makers.colour_model(tmp_path / "b" / "LINE.onnx", order=(2, 1, 0))
    names = [store.add_model(bare, path, None, makers.NOW).name for path in (first, second)]
    assert names == ["line", "LINE-2"]


def test_a_run_is_named_by_all_that_decides_its_answers(bare, material, tmp_path):
    model = store.add_model(bare, material / "net.onnx", None, makers.NOW)
    fields = json.loads(model.card) | {"input": {**makers.CARD["input"], "colour": "BGR"}}
    other_card = makers.write_card(tmp_path / "c.json", fields)
    seen = store.inspect_model(material / "net.onnx", other_card)
    other = store.set_model(bare, seen, makers.NOW)
    assert other.name == "net-2"
    names = {
        store.make_run(one, "field", subjects, 3, makers.NOW).run_id
        for one in (model, other)
        for subjects in ("a", "b")
    }
    assert len(names) == 4
    actual = store.make_run(model, "field", "a", 3, makers.LATER).run_id
    assert actual == store.make_run(model, "field", "a", 3, makers.NOW).run_id
    assert store.make_model_file(bare, model).path == str(bare.path / model.file)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_model_is_not_written_through_a_link_that_came_with_the_project(bare, material, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (bare.path / "models" / "net").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PathRefused):
        store.add_model(bare, material / "net.onnx", None, makers.NOW)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_model_that_a_strangers_project_names_elsewhere_is_not_opened(bare, material):
    stored = store.add_model(bare, material / "net.onnx", None, makers.NOW)
    bare.write(lambda db: db.execute("UPDATE model SET file = '../../net.onnx'")).result()
    with pytest.raises(ProjectDamaged):
        store.find_model(bare, stored.name)


def test_a_model_without_a_card_takes_that_of_one_with_the_same_tensors(bare, material, tmp_path):
    fields = {**makers.COLOUR_CARD, "input": {**makers.COLOUR_CARD["input"], "scale": 0.5}}
    card = makers.write_card(tmp_path / "c.json", fields)
    first = store.add_model(bare, material / "net.onnx", card, makers.NOW)
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    again.with_suffix(".card.json").unlink()
    found = store.inspect_fitting_model(bare, again, None)
    assert (found.inherited, found.card) == (first.name, store.get_card(first))
    assert store.inspect_fitting_model(bare, material / "net.onnx", card).inherited == ""
    part = makers.write_card(tmp_path / "part.json", {"classes": ["blue", "green", "red"]})
    seen = store.inspect_fitting_model(bare, again, part)
    assert seen.card.classes == ("blue", "green", "red"), "what its own card says stands above"


def test_a_model_with_other_outputs_takes_no_card_of_the_project(bare, material, tmp_path):
    store.add_model(bare, material / "net.onnx", None, makers.NOW)
    other = makers.box_model(tmp_path / "other.onnx")
    other.with_suffix(".card.json").unlink()
    with pytest.raises(CardNeeded):
        store.inspect_fitting_model(bare, other, None)
    alike = makers.mask_model(tmp_path / "alike.onnx")
    alike.with_suffix(".card.json").unlink()
    with pytest.raises(CardNeeded):
        store.inspect_fitting_model(bare, alike, None)


@pytest.mark.long
def test_a_background_in_a_detectors_list_is_no_class_that_a_later_model_must_have(tmp_path):
    ssd = exporters.BY_NAME["SSD"]
    spec = {"size": [96, 96], "resize": "stretch"}
    classes = ["background", "a", "b", "c"]
    card = {"task": "detection", "input": spec, "output": {"kind": "ssd"}, "classes": classes}
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        named = exporters.write(tmp_path / "named.onnx", ssd)
        store.add_model(project, named, makers.write_card(tmp_path / "n.json", card), makers.NOW)
        assert list_project_classes(project) == ("a", "b", "c")
        unnamed = exporters.write(tmp_path / "unnamed.onnx", ssd)
        path = makers.write_card(tmp_path / "u.json", card | {"classes": ["a", "b", "c"]})
        looked_at = store.inspect_fitting_model(project, unnamed, path)
        assert looked_at.card.classes == ("a", "b", "c")


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
