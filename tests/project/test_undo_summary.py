import pytest

from fieldcheck.domain.label import LabelDraft
from fieldcheck.labels.store import (
    LabelDecision,
    label_same_burst,
    mark_person,
    plan_repeats,
    set_label,
    store_draft,
    store_repeat,
)
from fieldcheck.project.messages import load_undo_summary
from fieldcheck.project.tables import labels as picks_table
from tests import makers


@pytest.fixture
def picks(drawn):
    return [pick.frame_id for pick in drawn.read(picks_table.list_picks)]


def said(project, changes):
    found = load_undo_summary(project, changes)
    return found.number, found.labels and tuple(
        label and (label.class_name or label.state) for label in found.labels
    )


def test_undo_and_redo_of_a_label_name_its_frame_and_both_answers(drawn, picks):
    set_label(drawn, picks[3], LabelDecision("red"), "me", makers.NOW)
    set_label(drawn, picks[3], LabelDecision(unsure=True), "me", makers.NOW)
    assert said(drawn, drawn.undo()) == (4, ("unsure", "red"))
    assert said(drawn, drawn.undo()) == (4, ("red", None))
    assert said(drawn, drawn.redo()) == (4, (None, "red"))


def test_of_several_frames_only_the_count_is_told(drawn, picks):
    set_label(drawn, picks[0], LabelDecision("red"), "me", makers.NOW)
    label_same_burst(drawn, picks[:4], picks[0], "me", makers.NOW)
    found = load_undo_summary(drawn, drawn.undo())
    assert (found.n_frames, found.number, found.labels) == (3, None, None)


def test_strokes_and_marks_name_their_frame_and_a_setting_has_none(drawn, picks):
    store_draft(drawn, LabelDraft(picks[1]), "draw")
    mark_person(drawn, [picks[2]], True, "me")
    assert said(drawn, drawn.undo()) == (3, None)
    project = drawn
    assert load_undo_summary(project, project.edit("site.set", puts=[])).n_frames == 0


def test_a_second_label_names_the_frame_and_not_the_round(labelled):
    plan_repeats(labelled, "other")
    frame = load_undo_summary(
        labelled,
        store_repeat(
            labelled,
            labelled.read(picks_table.list_picks)[0].frame_id,
            LabelDecision("red"),
            "other",
            makers.NOW,
        ),
    )
    assert (frame.number, frame.labels[0], frame.labels[1].class_name) == (1, None, "red")
