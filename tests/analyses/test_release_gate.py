import shutil

import pytest

from fieldcheck.analyses.release_gate import GateRequest, run_gate
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.errors.labels import NoBenchmark, NotComparable
from fieldcheck.errors.models import ModelUnknown, NoModel
from fieldcheck.models.benchmark import read_benchmark, set_benchmark, set_claim
from fieldcheck.models.evaluate import add_golden_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as runs_table
from tests import makers


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A hundred and twenty benchmark pictures, all of them right."""
    return makers.benchmark_folder(tmp_path_factory.mktemp("large") / "clean", each=40)


@pytest.fixture
def ready(labelled, large):
    set_benchmark(labelled, read_benchmark(large, None, None))
    return labelled


def at_gate(project, model, **wanted):
    return run_gate(project, GateRequest(str(model), **wanted), NullProgress(), makers.LATER)


def by_kind(found):
    return {(line.kind, line.name): line for line in found.lines}


@pytest.mark.long
def test_the_same_answers_pass(ready, tmp_path):
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    found = at_gate(ready, again)
    assert (found.verdict, found.model, found.against) == ("pass", "again", "net")
    lines = by_kind(found)
    assert {key for key, _ in lines} == {"clean", "corrupted", "field", "slice"}
    assert lines["clean", ""].table.n == 120
    assert (lines["corrupted", ""].table.n, lines["field", ""].table.n) == (120, 20)
    assert lines["clean", ""].before.value == 1.0
    assert 0.3 < lines["corrupted", ""].before.value <= 1.0


def test_a_model_that_takes_red_for_blue_fails_clean_and_damaged(ready, tmp_path):
    found = at_gate(ready, makers.colour_model(tmp_path / "bad.onnx", order=(2, 1, 0)))
    assert found.verdict == "fail"
    lines = by_kind(found)
    assert lines["clean", ""].state == lines["corrupted", ""].state == "fail"
    assert lines["clean", ""].after.value == pytest.approx(1 / 3)
    assert len(lines["clean", ""].lost) == 80


def test_a_small_benchmark_is_not_enough(labelled, tmp_path):
    found = at_gate(labelled, makers.colour_model(tmp_path / "again.onnx", gain=21.0))
    assert found.verdict == "not_enough"
    assert by_kind(found)["clean", ""].state == "not_enough"


@pytest.mark.long
def test_one_golden_picture_holds_a_model_up(ready, tmp_path):
    """Blue is red for this model, and the golden set is nothing but blue; the benchmark has
    none."""
    only = tmp_path / "only"
    for colour in ("red", "green"):
        for number in range(60):
            makers.save_picture(only / colour / f"{number}.png", colour, number)
    makers.save_picture(tmp_path / "worst" / "blue" / "0.png", "blue")
    set_benchmark(ready, read_benchmark(only, None, None))
    add_golden_set(ready, "worst", tmp_path / "worst")
    found = by_kind(at_gate(ready, makers.colour_model(tmp_path / "blind.onnx", order=(0, 1, 0))))
    assert found["clean", ""].state == "pass"
    assert found["golden", "worst"].state == "fail"
    assert found["golden", "worst"].lost == ("blue/0.png",)


@pytest.mark.long
def test_slices_are_those_values_that_some_frames_share(ready, tmp_path):
    found = at_gate(ready, makers.colour_model(tmp_path / "again.onnx", gain=21.0))
    names = {line.name for line in found.lines if line.kind == "slice"}
    # one place, one camera and one light are the field itself
    assert names == {"class=red", "class=green", "class=blue"}
    assert sum(line.table.n for line in found.lines if line.kind == "slice") == 20


@pytest.mark.long
def test_the_candidate_stays_a_stranger(ready, tmp_path):
    before = ready.read(runs_table.list_all_runs), ready.read(models_table.list_models)
    at_gate(ready, makers.colour_model(tmp_path / "again.onnx", gain=21.0))
    assert (ready.read(runs_table.list_all_runs), ready.read(models_table.list_models)) == before


@pytest.mark.long
def test_the_seed_decides_the_damage_and_nothing_else_does(ready, tmp_path):
    new = makers.colour_model(tmp_path / "bad.onnx", order=(2, 1, 0))
    first, same, other = (at_gate(ready, new, seed=seed, severity=5.0) for seed in (1, 1, 2))
    assert first.lines == same.lines
    assert by_kind(first)["clean", ""] == by_kind(other)["clean", ""]
    assert by_kind(first)["corrupted", ""] != by_kind(other)["corrupted", ""]


@pytest.mark.long
def test_models_of_the_project_go_by_name_and_the_newest_other_one_is_the_old_one(ready, tmp_path):
    add_model(ready, makers.colour_model(tmp_path / "second.onnx", gain=21.0), None, makers.LATER)
    add_model(ready, makers.colour_model(tmp_path / "third.onnx", gain=22.0), None, makers.LATER)
    assert at_gate(ready, "third").against == "second"
    assert at_gate(ready, "second").against == "third"
    assert at_gate(ready, "third", against="net").against == "net"


@pytest.mark.long
def test_a_detector_passes_the_gate_too(made_boxed, tmp_path, material):
    from fieldcheck.project.folder import open_project

    lines = [f"{k}.png,part,0,0,32,24" for k in range(100)]
    for k in range(100):
        makers.save_picture(tmp_path / "boxes" / f"{k}.png", "red", k)
    (tmp_path / "boxes" / "labels.csv").write_text("file,class,x,y,w,h\n" + "\n".join(lines) + "\n")
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        set_benchmark(project, read_benchmark(tmp_path / "boxes" / "labels.csv", None, None))
        run_and_score(project, None, "field", NullProgress(), makers.NOW)
        assert by_kind(at_gate(project, "box"))["clean", ""].state == "pass"
        found = at_gate(project, makers.box_model(tmp_path / "other.onnx", of_class=1))
        by_map = at_gate(project, tmp_path / "other.onnx", metric="map")
        with pytest.raises(BenchmarkRefused):
            at_gate(project, "box", metric="balanced_accuracy")
        set_claim(project, 1.0, "map50")
        assert at_gate(project, "box").metric == "map50"
    assert by_kind(found)["clean", ""].state == "fail"
    assert (found.metric, by_map.metric) == ("frame_score", "map")
    line = by_kind(by_map)["clean", ""]
    assert (line.before.value, line.after.value) == (1.0, 0.0)
    assert (line.change.value, line.change.method) == (-1.0, "bootstrap_frames")
    assert by_kind(by_map)["field", ""].before.method == "bootstrap_frames"
    assert line.state == "fail"


@pytest.mark.long
def test_what_cannot_be_judged_is_refused(ready, tmp_path):
    with pytest.raises(PathMissing):
        at_gate(ready, tmp_path / "none.onnx")
    with pytest.raises(ModelUnknown):
        at_gate(ready, "nobody")
    with pytest.raises(ModelUnknown):
        at_gate(ready, "net", against="nobody")
    two = makers.tiny_model(tmp_path / "two.onnx", n_classes=2)
    card = {**makers.COLOUR_CARD, "classes": ["red", "green"]}
    makers.write_card(tmp_path / "two.card.json", card)
    with pytest.raises(NotComparable):
        at_gate(ready, two)
    with (
        makers.empty_project(tmp_path / "bare.fieldcheck", tmp_path / "two.onnx") as bare,
        pytest.raises(NoBenchmark),
    ):
        at_gate(bare, "two")
    with makers.empty_project(tmp_path / "none.fieldcheck") as none, pytest.raises(NoModel):
        at_gate(none, makers.colour_model(tmp_path / "again.onnx"))


def test_instances_stand_at_the_gate_with_every_picture_of_their_benchmark(tmp_path):
    old = makers.instance_model(tmp_path / "old.onnx")
    boxed = makers.boxed_benchmark(tmp_path / "boxed")
    with makers.empty_project(tmp_path / "p.fieldcheck", old, benchmark=boxed) as project:
        found = at_gate(project, makers.instance_model(tmp_path / "new.onnx"))
    clean = by_kind(found)["clean", ""]
    assert (found.skipped, clean.table.n, clean.before.value) == (0, 24, 1.0)


@pytest.mark.long
def test_benchmark_pictures_that_the_candidate_was_trained_on_are_named(ready, large, tmp_path):
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    some = sorted((large / "red").iterdir())[:2]
    (tmp_path / "training").mkdir()
    for number, path in enumerate(some):
        shutil.copy(path, tmp_path / "training" / f"t{number}.png")
    seen = at_gate(ready, again, trained_on=tmp_path / "training").leaked
    actual = seen.benchmark
    assert actual == {f"red/{path.name}": f"t{number}.png" for number, path in enumerate(some)}
    assert (seen.field, seen.n_training, seen.n_unreadable) == ({}, 2, 0)
    assert at_gate(ready, again).leaked is None
    with pytest.raises(PathMissing):
        at_gate(ready, again, trained_on=tmp_path / "nowhere")


@pytest.mark.long
def test_a_candidate_without_a_card_takes_the_projects_and_that_is_told(ready, tmp_path):
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    assert at_gate(ready, again).inherited == ""
    again.with_suffix(".card.json").unlink()
    found = at_gate(ready, again)
    assert (found.verdict, found.inherited) == ("pass", "net")
