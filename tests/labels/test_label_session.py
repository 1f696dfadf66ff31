from dataclasses import fields
from itertools import groupby

import pytest

from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.label import BenchmarkItem, Box
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import FrameNotPicked
from fieldcheck.errors.models import NoModel
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_listing import store_parts
from fieldcheck.imaging.codec import decode_image
from fieldcheck.labels import label_session
from fieldcheck.labels.store import LabelDecision, plan_repeats, set_label, store_repeat
from fieldcheck.models.run import run_on_set
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import add_model, find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import labels as labels_table
from tests import makers
from tests.makers import NOW


def test_picks_come_in_the_order_in_which_they_are_shown(drawn):
    work = label_session.load_label_queue(drawn)
    actual = [frame.frame_id for frame in work.frames]
    assert actual == [pick.frame_id for pick in drawn.read(labels_table.list_picks)]
    assert all(frame.picture.is_file() for frame in work.frames)
    assert work.task == "classification"
    assert (work.classes, work.labels) == (("red", "green", "blue"), {})


def test_what_was_said_is_there_again(drawn):
    first = drawn.read(labels_table.list_picks)[0].frame_id
    set_label(drawn, first, LabelDecision("red"), "", NOW, 1.5)
    assert label_session.load_label_queue(drawn).labels[first].class_name == "red"


def test_a_project_without_picks_has_no_work(footed):
    assert label_session.load_label_queue(footed).frames == ()


def test_who_labels_sees_nothing_of_model_or_draw():
    assert not {field.name for field in fields(label_session.FrameToLabel)} & {
        "stratum", "hardness", "probability", "weight", "reason", "prediction",
    }  # fmt: skip


def test_blind_repeats_have_an_order_of_their_own_and_show_no_first_label(labelled):
    assert label_session.load_repeat_queue(labelled).frames == ()
    plan_repeats(labelled, "me")
    asked = [one.frame_id for one in labelled.read(labels_table.list_repeats)]
    work = label_session.load_repeat_queue(labelled)
    assert (work.repeats, work.round, work.labels, work.drafts) == (True, 1, {}, {})
    queue = [frame.frame_id for frame in label_session.load_label_queue(labelled).frames]
    assert [frame.frame_id for frame in work.frames] == asked != queue
    store_repeat(labelled, asked[0], LabelDecision(unsure=True), "me", NOW)
    actual = {
        name: one.state for name, one in label_session.load_repeat_queue(labelled).labels.items()
    }
    assert actual == {asked[0]: "unsure"}


def test_a_model_says_of_a_pick_what_it_would_be_called_and_nothing_is_stored(drawn):
    name = drawn.read(labels_table.list_picks)[0].frame_id
    truth = makers.truth_of(
        next(line for line in drawn.read(list_sampling_lines) if line.frame.frame_id == name)
    )
    (model,) = label_session.list_suggesting_models(drawn)
    found = label_session.suggest_label(drawn, name, model)
    assert (found.class_name, found.model, found.boxes) == (truth, model, ())
    assert found.confidence > 0.5
    assert drawn.read(labels_table.list_labels) == ()


def test_only_picks_and_models_that_there_are(drawn):
    name = drawn.read(labels_table.list_picks)[0].frame_id
    with pytest.raises(FrameNotPicked):
        label_session.suggest_label(drawn, "nobody", label_session.list_suggesting_models(drawn)[0])
    with pytest.raises(NoModel):
        label_session.suggest_label(drawn, name, "nothing")
    (drawn.path / drawn.read(labels_table.list_picks)[0].file).unlink()
    with pytest.raises(PathMissing):
        label_session.suggest_label(drawn, name, label_session.list_suggesting_models(drawn)[0])


def test_a_detector_suggests_its_boxes(made_boxed, tmp_path):
    import shutil

    from fieldcheck.project.folder import open_project

    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        model = label_session.list_suggesting_models(project)[0]
        picks = project.read(labels_table.list_picks)
        found = [label_session.suggest_label(project, one.frame_id, model) for one in picks[:6]]
    assert any(one.boxes for one in found)
    assert all(one.class_name == "" for one in found)


def test_a_card_with_thresholds_suggests_by_them_and_leaves_unsure_frames(drawn, tmp_path):
    run_on_set(drawn, find_model(drawn), "field", NullProgress(), makers.NOW)
    side = load_field_side(drawn, find_model(drawn))
    pick = next(
        one.frame_id for one in side.picks if side.answers[one.frame_id].answer.argmax() == 0
    )
    output = {**makers.COLOUR_CARD["output"], "thresholds": {"blue": 1e-9}, "abstain": 0.5}
    card = {**makers.COLOUR_CARD, "output": output}
    add_model(drawn, makers.colour_model(tmp_path / "eager.onnx", card), None, makers.LATER)
    models = reversed(label_session.list_suggesting_models(drawn))
    plain, eager = (label_session.suggest_label(drawn, pick, model) for model in models)
    assert (plain.class_name, eager.class_name) == ("red", "blue")
    assert (plain.for_a_person, eager.for_a_person) == (False, True)
    assert eager.confidence < 0.5


def test_picks_of_one_part_follow_each_other_with_all_its_frames(drawn):
    before = [frame.frame_id for frame in label_session.load_label_queue(drawn).frames]
    names = [line.frame.frame_id for line in drawn.read(list_sampling_lines)]
    parts = {name: f"P{index // 10}" for index, name in enumerate(names[:100])}
    store_parts(drawn, PartRule("csv", "parts.csv", True), parts)
    queue = label_session.load_label_queue(drawn).frames
    assert sorted(frame.frame_id for frame in queue) == sorted(before)
    order = [frame.part or frame.frame_id for frame in queue]
    assert [key for key, _ in groupby(order)] == list(dict.fromkeys(order))
    first = list(dict.fromkeys(parts.get(name, name) for name in before))
    assert list(dict.fromkeys(order)) == first
    for frame in queue:
        wanted = tuple(name for name in names if frame.part and parts.get(name) == frame.part)
        assert frame.part_frames == wanted


def test_the_class_guide_is_of_the_benchmark_alone(labelled):
    examples = label_session.choose_examples(labelled)
    assert list(examples) == ["red", "green", "blue"]
    assert [[item.path for item in items] for items in examples.values()] == [
        [f"{name}/{number:03d}.png" for number in (1, 3, 5)] for name in examples
    ]
    for name, items in examples.items():
        small = decode_image(label_session.read_example(labelled, items[0], name))
        assert max(small.shape[:2]) <= 320
    gone = BenchmarkItem("red/nowhere.png", "red")
    assert label_session.read_example(labelled, gone, "red") is None


def test_an_example_of_a_box_is_cut_out(labelled):
    item = BenchmarkItem("red/001.png", boxes=(Box("red", 8, 8, 8, 4), Box("red", 0, 0, 2, 2)))
    part = decode_image(label_session.read_example(labelled, item, "red"))
    assert part.shape[:2] == (13, 17)  # half of the longer side around it


def test_without_a_benchmark_there_is_no_class_guide(tmp_path):
    with create_project(tmp_path / "empty.fieldcheck") as project:
        assert label_session.choose_examples(project) == {}
