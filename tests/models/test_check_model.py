import json
import shutil

import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.errors.models import CardRejected, ModelRejected
from fieldcheck.models.check_model import (
    check_model,
    check_stored_model,
    read_labelled_set,
    select_labelled_frames,
)
from fieldcheck.models.store import read_card_keys
from fieldcheck.progress import NullProgress
from tests import makers
from tests.models import graphs


@pytest.fixture
def model(tmp_path):
    return makers.colour_model(tmp_path / "net.onnx")


def codes(found):
    return [one.code for one in found.findings]


@pytest.mark.long
def test_a_sound_model_with_its_card_beside_it_is_sound(tmp_path, model):
    benchmark = makers.benchmark_folder(tmp_path / "few", each=5)
    found = check_model(model, None, benchmark, None, NullProgress())
    assert (found.ok, codes(found)) == (True, [])
    assert (found.n_labelled, found.unmatched, found.proposed) == (15, (), ())
    assert found.preprocessing_record["size"] == [32, 32]


def test_the_card_that_is_named_counts_and_not_the_one_beside_it(tmp_path, model):
    fields = {**makers.COLOUR_CARD, "classes": ["red", "green"]}
    other = makers.write_card(tmp_path / "other.json", fields)
    assert codes(check_model(model, other, None, None, NullProgress())) == ["class_count"]
    assert read_card_keys(model, other)["classes"] == ["red", "green"]
    assert read_card_keys(tmp_path / "without.onnx", None) == {}


@pytest.mark.long
def test_labels_of_a_class_that_the_card_does_not_have_are_told(tmp_path, model):
    folder = makers.benchmark_folder(tmp_path / "few", each=5)
    makers.save_picture(folder / "purple" / "0.png", "red")
    found = check_model(model, None, folder, None, NullProgress())
    assert (found.ok, codes(found), found.unmatched) == (True, ["class_count"], ("purple",))


def test_every_class_comes_in_turn_and_no_more_than_are_needed(tmp_path):
    folder = makers.benchmark_folder(tmp_path / "few", each=50)
    card = parse_card(makers.COLOUR_CARD)
    found = select_labelled_frames(folder, read_labelled_set(folder).items, card, most=9)
    assert found.classes.tolist().count(0) == found.classes.tolist().count(1) == 3
    card = parse_card(makers.COLOUR_CARD)
    every = select_labelled_frames(folder, read_labelled_set(folder).items, card)
    assert len(every.frames) == len(every.classes) == 150
    assert [one.shape for one in every.frames[148:]] == [every.frames[0].shape] * 2
    labelled = read_labelled_set(folder)
    assert select_labelled_frames(folder, labelled.items, parse_card(makers.CARD)) is None


def test_boxes_are_read_with_their_corners_and_crowds_left_out(tmp_path):
    makers.save_picture(tmp_path / "few" / "a.png", "red")
    note = {
        "id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 6, 10, 20], "area": 200, "iscrowd": 0,
    }  # fmt: skip
    crowd = {**note, "id": 2, "iscrowd": 1}
    pictures = [{"id": 1, "file_name": "a.png", "width": 64, "height": 48}]
    kinds = [{"id": 1, "name": "hole"}]
    document = {"images": pictures, "annotations": [note, crowd], "categories": kinds}
    (tmp_path / "few" / "labels.json").write_text(json.dumps(document))
    found = read_labelled_set(tmp_path / "few")
    known = select_labelled_frames(found.root, found.items, parse_card(makers.BOX_CARD))
    assert known.boxes[0].tolist() == [[4, 6, 14, 26, 1]]
    with pytest.raises(BenchmarkRefused):
        select_labelled_frames(found.root, found.items, parse_card(makers.COLOUR_CARD))


@pytest.mark.long
def test_a_lighter_copy_is_held_against_the_whole_one_beside_it(tmp_path):
    whole = makers.colour_model(tmp_path / "net.onnx", gain=20.0)
    light = makers.colour_model(tmp_path / "net_int8.onnx", gain=1.0)
    assert codes(check_model(light, None, None, None, NullProgress())) == ["precision_drift"]
    assert codes(check_model(whole, None, None, None, NullProgress())) == []


def test_what_is_no_answer_is_refused(tmp_path, model):
    with pytest.raises(PathMissing):
        check_model(tmp_path / "none.onnx", None, None, None, NullProgress())
    with pytest.raises(PathMissing):
        check_model(model, None, tmp_path / "none", None, NullProgress())
    (tmp_path / "unlabelled").mkdir()
    with pytest.raises(BenchmarkRefused):
        check_model(model, None, tmp_path / "unlabelled", None, NullProgress())
    with pytest.raises(CardRejected):
        check_model(
            model,
            makers.write_card(tmp_path / "bad.json", {**makers.COLOUR_CARD, "task": "guessing"}),
            None,
            None,
            NullProgress(),
        )
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelRejected):
        check_model(tmp_path / "text.onnx", None, None, None, NullProgress())


@pytest.mark.long
def test_more_than_one_input_is_refused_unless_nobody_reads_the_other(tmp_path):
    import onnx
    from onnx import helper

    extra = graphs.picture(("n", 4))
    extra.name = "other"
    node = helper.make_node("Identity", ["images"], ["output"])
    inputs = [graphs.picture(), extra]
    ignored = graphs.write(tmp_path / "i.onnx", [node], inputs, [graphs.output()])
    assert codes(check_model(ignored, None, None, None, NullProgress())) == ["ignored_input"]
    mean = helper.make_node("ReduceMean", ["other"], ["m"], keepdims=0)
    both = [mean, helper.make_node("Add", ["images", "m"], ["output"])]
    used = graphs.write(tmp_path / "u.onnx", both, [graphs.picture(), extra], [graphs.output()])
    with pytest.raises(ModelRejected) as refused:
        check_model(used, None, None, None, NullProgress())
    assert refused.value.problem == "inputs"
    assert isinstance(graphs.loaded(used), onnx.ModelProto)


@pytest.mark.long
def test_a_file_that_cannot_run_here_says_what_its_graph_tells(tmp_path):
    path = graphs.passing_on(tmp_path / "new.onnx", opset=99)
    found = check_model(path, None, None, None, NullProgress())
    assert (codes(found), found.diagnosis) == (["unsupported_operator"], None)
    assert (found.preprocessing_record, found.model.opset) == (None, 99)
    assert np.isfinite(found.n_labelled)


@pytest.mark.long
def test_the_projects_own_model_is_examined_on_its_card_with_its_benchmark(labelled):
    found = check_stored_model(labelled, NullProgress())
    assert (found.ok, codes(found), found.n_labelled) == (True, [], 18)


def test_without_a_benchmark_rendered_pictures_have_to_do(tmp_path, model):
    fields = {**makers.COLOUR_CARD, "output": {"kind": "softmax"}}
    wrong = makers.write_card(tmp_path / "wrong.json", fields)
    project = makers.empty_project(tmp_path / "p.fieldcheck", model, card=wrong)
    with project:
        found = check_stored_model(project, NullProgress())
    assert (found.n_labelled, codes(found)) == (0, ["softmax_missing"])


@pytest.mark.long
def test_instances_are_checked_with_frames_that_are_labelled_in_boxes(tmp_path):
    model = makers.instance_model(tmp_path / "instances.onnx")
    boxed = makers.boxed_benchmark(tmp_path / "boxed")
    found = check_model(model, None, boxed, None, NullProgress())
    assert (found.n_labelled, found.unmatched) == (24, ())
    assert found.diagnosis.candidates
    with pytest.raises(BenchmarkRefused, match="wrong_task"):
        check_model(
            model, None, makers.benchmark_folder(tmp_path / "few", each=2), None, NullProgress()
        )


@pytest.mark.long
def test_a_known_export_that_nobody_describes_is_proposed_the_way_it_is_fed(tmp_path, shared_data):
    path = shutil.copy(shared_data / "models" / "yolox_nano.onnx", tmp_path / "stranger.onnx")
    found = check_model(path, None, None, None, NullProgress())
    fed = found.diagnosis.card.input
    assert (fed.colour, fed.scale) == ("BGR", 1.0)
    assert (fed.resize, fed.pad_position) == ("letterbox", "top_left")
    assert "input.resize" in found.proposed
