import pytest

from fieldcheck.domain.label import Box, Label, Point, Repeat
from fieldcheck.errors.labels import ClassUnknown, FrameNotPicked, NothingLabelled
from fieldcheck.labels.store import (
    LabelDecision,
    _make_comparable_answers,
    measure_trust,
    plan_repeats,
    store_repeat,
)
from fieldcheck.project.tables import labels as labels_table
from tests import makers


def open_ones(project):
    return [one for one in project.read(labels_table.list_repeats) if not one.state]


def test_a_round_is_drawn_once_and_answered_frame_by_frame(labelled):
    plan_repeats(labelled, "me")
    plan_repeats(labelled, "me")
    labels = {one.frame_id: one for one in labelled.read(labels_table.list_labels)}
    planned = open_ones(labelled)
    assert len(planned) == len(labels) == 20
    assert [one.place for one in planned] == list(range(20))
    for one in planned[:-1]:
        store_repeat(
            labelled,
            one.frame_id,
            LabelDecision(labels[one.frame_id].class_name),
            labels[one.frame_id].by,
            makers.NOW,
        )
    store_repeat(labelled, planned[-1].frame_id, LabelDecision(unsure=True), "me", makers.NOW)
    found = measure_trust(labelled)
    assert (found.same.n, found.same.agreement.value, found.other, found.n_open) == (19, 1, None, 0)
    assert {one.frame_id: one for one in labelled.read(labels_table.list_labels)} == labels
    plan_repeats(labelled, "me")
    assert {one.round for one in open_ones(labelled)} == {2}
    labelled.undo()
    assert open_ones(labelled) == []


def test_a_second_person_is_agreement_between_people(labelled):
    first = {one.frame_id: one for one in labelled.read(labels_table.list_labels)}
    plan_repeats(labelled, "A. B.")
    one = open_ones(labelled)[0]
    labelled.edit(
        "label.set",
        [
            labels_table.make_label_row(
                Label(one.frame_id, "done", first[one.frame_id].class_name, by="K. M.", blind=True)
            )
        ],
    )
    store_repeat(
        labelled,
        one.frame_id,
        LabelDecision("red" if first[one.frame_id].class_name != "red" else "blue"),
        "A. B.",
        makers.NOW,
    )
    found = measure_trust(labelled)
    assert (found.same, found.other.n, found.other.agreement.value) == (None, 1, 0)


def test_what_cannot_be_repeated_is_refused(drawn, labelled):
    with pytest.raises(NothingLabelled):
        plan_repeats(drawn, "me")
    with pytest.raises(FrameNotPicked):
        store_repeat(labelled, "nobody", LabelDecision("red"), "me", makers.NOW)
    plan_repeats(labelled, "me")
    with pytest.raises(ClassUnknown):
        store_repeat(
            labelled, open_ones(labelled)[0].frame_id, LabelDecision("mauve"), "me", makers.NOW
        )


@pytest.mark.parametrize(
    ("second", "alike"),
    [
        ((Box("dent", 1, 1, 10, 10),), True),
        ((Box("dent", 8, 8, 10, 10),), False),
        ((Box("tear", 0, 0, 10, 10),), False),
        ((), False),
    ],
)
def test_boxes_agree_where_each_finds_its_partner(second, alike):
    first = Label("a", "done", boxes=(Box("dent", 0, 0, 10, 10),))
    one, two = _make_comparable_answers(first, Repeat("a", 1, 0, "same", "done", boxes=second))
    assert (one == two) == alike


def test_points_agree_in_their_classes():
    first = Label("a", "done", points=(Point("dent", 1, 1),))
    one, two = _make_comparable_answers(
        first, Repeat("a", 1, 0, "same", "done", points=(Point("dent", 5, 5),))
    )
    assert one == two
