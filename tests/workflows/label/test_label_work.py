from dataclasses import fields

from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import repeats as repeats_table
from fieldcheck.workflows.label.label_frames import LabelDecision, set_label
from fieldcheck.workflows.label.label_work import FrameToLabel, label_work, repeat_work
from fieldcheck.workflows.label.repeat_labels import plan_repeats, set_repeat
from tests.makers import NOW


def test_picks_come_in_the_order_in_which_they_are_shown(drawn):
    work = label_work(drawn)
    assert [frame.frame_id for frame in work.frames] == [pick.frame_id for pick in drawn.read(picks_table.all)]
    assert all(frame.picture.is_file() for frame in work.frames)
    assert (work.task, work.classes, work.labels) == ("classification", ("red", "green", "blue"), {})


def test_what_was_said_is_there_again(drawn):
    first = drawn.read(picks_table.all)[0].frame_id
    set_label(drawn, first, LabelDecision("red"), "", NOW, 1.5)
    assert label_work(drawn).labels[first].class_name == "red"


def test_a_project_without_picks_has_no_work(footed):
    assert label_work(footed).frames == ()


def test_who_labels_sees_nothing_of_model_or_draw():
    assert not {field.name for field in fields(FrameToLabel)} & {"stratum", "hardness", "probability", "weight", "reason", "prediction"}


def test_blind_repeats_have_an_order_of_their_own_and_show_no_first_label(labelled):
    assert repeat_work(labelled).frames == ()
    plan_repeats(labelled, "me")
    asked = [one.frame_id for one in labelled.read(repeats_table.all)]
    work = repeat_work(labelled)
    assert (work.repeats, work.round, work.labels, work.drafts) == (True, 1, {}, {})
    assert [frame.frame_id for frame in work.frames] == asked != [frame.frame_id for frame in label_work(labelled).frames]
    set_repeat(labelled, asked[0], LabelDecision(unsure=True), "me", NOW)
    assert {name: one.state for name, one in repeat_work(labelled).labels.items()} == {asked[0]: "unsure"}
