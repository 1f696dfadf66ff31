from dataclasses import fields

from fieldcheck.labels.label_session import FrameToLabel, load_label_queue, load_repeat_queue
from fieldcheck.labels.store import LabelDecision, plan_repeats, set_label, store_repeat
from fieldcheck.project.tables import labels as labels_table
from tests.makers import NOW


def test_picks_come_in_the_order_in_which_they_are_shown(drawn):
    work = load_label_queue(drawn)
    actual = [frame.frame_id for frame in work.frames]
    assert actual == [pick.frame_id for pick in drawn.read(labels_table.list_picks)]
    assert all(frame.picture.is_file() for frame in work.frames)
    assert work.task == "classification"
    assert (work.classes, work.labels) == (("red", "green", "blue"), {})


def test_what_was_said_is_there_again(drawn):
    first = drawn.read(labels_table.list_picks)[0].frame_id
    set_label(drawn, first, LabelDecision("red"), "", NOW, 1.5)
    assert load_label_queue(drawn).labels[first].class_name == "red"


def test_a_project_without_picks_has_no_work(footed):
    assert load_label_queue(footed).frames == ()


def test_who_labels_sees_nothing_of_model_or_draw():
    assert not {field.name for field in fields(FrameToLabel)} & {
        "stratum",
        "hardness",
        "probability",
        "weight",
        "reason",
        "prediction",
    }


def test_blind_repeats_have_an_order_of_their_own_and_show_no_first_label(labelled):
    assert load_repeat_queue(labelled).frames == ()
    plan_repeats(labelled, "me")
    asked = [one.frame_id for one in labelled.read(labels_table.list_repeats)]
    work = load_repeat_queue(labelled)
    assert (work.repeats, work.round, work.labels, work.drafts) == (True, 1, {}, {})
    assert (
        [frame.frame_id for frame in work.frames]
        == asked
        != [frame.frame_id for frame in load_label_queue(labelled).frames]
    )
    store_repeat(labelled, asked[0], LabelDecision(unsure=True), "me", NOW)
    actual = {name: one.state for name, one in load_repeat_queue(labelled).labels.items()}
    assert actual == {asked[0]: "unsure"}
