from dataclasses import replace
from math import isnan, nan

import pytest

from fieldcheck.domain.label import (
    Box,
    Label,
    LabelDraft,
    LabelEvent,
    LabelReview,
    Point,
    Repeat,
    ReviewRequest,
)
from fieldcheck.project import undo
from fieldcheck.project.tables import labels
from tests.project.made import draw, label, listed, members, pick


@pytest.mark.parametrize("said", [
    label("a"),
    Label("a", "skipped", why="blurred", by="me", seconds=3.5, blind=False),
    Label("a", "unsure"),
    Label("a", "done", boxes=(Box("dent", 0.1, 2, 3, 4), Box("dent", 1, 1, 0, 0, crowd=True)),
          points=(Point("tip", 1.5, 2),)),
])  # fmt: skip
def test_a_label_comes_back_as_it_was_said(db, said):
    undo.apply_edit(db, "label.set", [labels.make_label_row(said)])
    assert labels.get_label(db, "a") == said
    assert labels.list_labels(db) == (said,)
    assert labels.count_labels(db) == 1


def test_a_pace_nobody_measured_is_not_known(db):
    undo.apply_edit(db, "label.set", [labels.make_label_row(label("a", seconds=nan))])
    assert labels.get_label(db, "a").seconds is None


def test_a_label_can_be_taken_away(db):
    undo.apply_edit(db, "label.set", [labels.make_label_row(label("a"))])
    undo.apply_edit(db, "label.clear", deletes=[labels.make_label_key("a")])
    assert labels.get_label(db, "a") is None
    assert labels.count_labels(db) == 0


def test_a_draft_comes_back_until_it_is_accepted(db):
    draft = LabelDraft("a", (Box("dent", 1, 2, 3, 4, truncated=True),), (Point("tip", 1, 2),))
    undo.apply_edit(db, "draft.box", [labels.make_draft_row(draft)])
    assert labels.list_drafts(db) == {"a": draft}
    undo.apply_edit(db, "label.set", deletes=[labels.make_draft_key("a")])
    assert labels.list_drafts(db) == {}


def propose(db, draw_id, frames):
    labels.put_draw(db, draw(draw_id), members(frames, draw_id))
    old = [labels.make_pick_key(one.frame_id) for one in labels.list_picks(db)]
    undo.apply_edit(
        db,
        "pick.propose",
        [
            labels.make_pick_row(pick(one.frame_id, draw_id, place))
            for place, one in enumerate(frames)
        ],
        old,
    )


def test_a_draw_comes_back_with_its_members(db):
    frames = listed(n=4)
    assert labels.get_next_draw_id(db) == 1
    propose(db, 1, frames)
    assert labels.list_draws(db) == (draw(1),)
    assert labels.list_members(db, 1) == members(frames)
    assert labels.get_next_draw_id(db) == 2


def test_a_draw_whose_picks_were_put_aside_is_replaced_but_stays_logged(db):
    propose(db, 1, listed(n=4))
    propose(db, 2, listed(n=2))
    assert labels.list_draws(db) == (draw(1), draw(2))
    assert labels.list_current_draws(db) == (draw(2),)


def test_undoing_a_second_proposal_brings_the_first_one_back_whole(db):
    propose(db, 1, listed(n=4))
    first = labels.list_picks(db)
    propose(db, 2, listed(n=2))
    second = labels.list_picks(db)
    undo.undo_edit(db)
    assert labels.list_current_draws(db) == (draw(1),)
    assert labels.list_picks(db) == first
    undo.undo_edit(db)
    assert labels.list_current_draws(db) == ()
    assert len(labels.list_draws(db)) == 2
    undo.redo_edit(db)
    undo.redo_edit(db)
    assert labels.list_current_draws(db) == (draw(2),)
    assert labels.list_picks(db) == second


def test_draws_stand_side_by_side_once_labels_exist(db):
    propose(db, 1, listed("a"))
    labels.put_draw(db, draw(2), members(listed("b"), 2))
    undo.apply_edit(db, "pick.add", [labels.make_pick_row(pick("b-000000", 2))])
    assert labels.list_current_draws(db) == (draw(1), draw(2))


def event(frame_id="a", action="class", **changes):
    told = {
        "shown": "2026-01-02T03:04:05+00:00", "at": "2026-01-02T03:04:07+00:00", "seconds": 2.0,
        "n_keys": 1, "by": "K. M.",
    }  # fmt: skip
    return LabelEvent(frame_id, action, **(told | changes))


def test_events_stand_in_the_order_in_which_they_happened(db):
    undone = event("a", "back", undo_of=1, blind=False, lifted=True, loupe_ms=700)
    told = [event(), event("b", "burst", seconds=None, n_keys=0), undone]
    labels.add_label_events(db, told[:2])
    labels.add_label_events(db, told[2:])
    assert labels.list_label_events(db) == tuple(told)
    assert (labels.get_newest_event(db, "a"), labels.get_newest_event(db, "z")) == (3, 0)


def test_a_mark_comes_back_and_no_mark_is_a_blank_one(db):
    mark = ReviewRequest("a", person=True, by="K. M.")
    undo.apply_edit(db, "mark.set", [labels.make_mark_row(mark)])
    assert labels.get_mark(db, "a") == mark
    assert labels.list_marks(db) == {"a": mark}
    assert labels.get_mark(db, "b") == ReviewRequest("b")
    undo.apply_edit(db, "mark.set", deletes=[labels.make_mark_key("a")])
    assert labels.list_marks(db) == {}


def test_picks_come_back_in_the_order_in_which_they_are_shown(db):
    shown = (pick("c", 1, 0), pick("a", 1, 1), pick("b", 2, 0))
    undo.apply_edit(db, "pick.propose", [labels.make_pick_row(one) for one in reversed(shown)])
    assert labels.list_picks(db) == shown
    assert labels.get_pick(db, "a") == shown[1]
    assert labels.get_pick(db, "x") is None


def test_a_pick_that_was_not_drawn_has_no_probability(db):
    undo.apply_edit(db, "pick.add", [labels.make_pick_row(pick("a", probability=nan, weight=0))])
    assert isnan(labels.get_pick(db, "a").probability)


def test_a_pick_taken_out_stays_and_says_why(db):
    undo.apply_edit(db, "pick.propose", [labels.make_pick_row(pick("a"))])
    row = labels.make_pick_row(replace(pick("a"), taken_out="private"))
    undo.apply_edit(db, "pick.take_out", [row])
    assert labels.get_pick(db, "a").taken_out == "private"
    undo.apply_edit(db, "pick.clear", deletes=[labels.make_pick_key("a")])
    assert labels.list_picks(db) == ()


def test_repeats_come_back_round_after_round_in_their_order(db):
    done = Repeat("a", 1, 1, "same", "done", "dent", by="me", at="now")
    told = [Repeat("b", 1, 0, "same"), done, Repeat("a", 2, 0, "other")]
    undo.apply_edit(db, "repeat.plan", [labels.make_repeat_row(one) for one in reversed(told)])
    assert labels.list_repeats(db) == tuple(told)
    boxed = Repeat(
        "b", 1, 0, "same", "done", boxes=(Box("dent", 1, 2, 3, 4, occluded=True),), why="glare",
        seconds=2.5, blind=False,
    )  # fmt: skip
    key = labels.make_repeat_key(told[2])
    undo.apply_edit(db, "repeat.set", [labels.make_repeat_row(boxed)], [key])
    assert labels.list_repeats(db) == (boxed, told[1])


def test_the_block_of_a_frame_is_found_from_any_frame_of_it(db):
    labels.put_reserves(db, 1, {"a": ["c", "b"], "d": []})
    labels.put_reserves(db, 2, {"a": ["z"]})
    reserves = labels.get_block_reserves(db, 1, "a")
    assert reserves == labels.get_block_reserves(db, 1, "b") == ("a", "c", "b")
    assert labels.get_block_reserves(db, 2, "z") == ("a", "z")
    assert labels.get_block_reserves(db, 1, "d") == ("d",)
    assert labels.get_block_reserves(db, 1, "nobody") == ("nobody",)


@pytest.mark.parametrize("look", [
    LabelReview("a", "model_wrong", "ok", by="me", at="2026-03-01T08:00:00+00:00"),
    LabelReview("a", "label_wrong", "ok", class_name="crack"),
    LabelReview("benchmark:ok/1.jpg", "label_wrong", "", boxes=(Box("dent", 1, 2, 3, 4),)),
    LabelReview("a", "cannot_tell", "ok"),
])  # fmt: skip
def test_a_second_look_comes_back_as_it_was_said_and_can_be_undone(db, look):
    undo.apply_edit(db, "second_look.set", [labels.make_label_review_row(look)])
    assert labels.list_label_reviews(db) == {look.subject: look}
    undo.undo_edit(db)
    assert labels.list_label_reviews(db) == {}
    undo.redo_edit(db)
    undo.apply_edit(db, "second_look.clear", deletes=[labels.make_label_review_key(look.subject)])
    assert labels.list_label_reviews(db) == {}


def test_tags_come_back_sorted_and_once(db):
    checked = labels.make_tags_row("benchmark:ok/1.jpg", ["check"])
    undo.apply_edit(db, "tag.set", [labels.make_tags_row("a", ["oily", "dark", "oily"]), checked])
    assert labels.get_tags(db, "a") == ("dark", "oily")
    assert labels.get_tags(db, "b") == ()
    assert labels.list_tags(db) == {"a": ("dark", "oily"), "benchmark:ok/1.jpg": ("check",)}


def test_tags_are_taken_away_and_come_back(db):
    undo.apply_edit(db, "tag.set", [labels.make_tags_row("a", ["oily"])])
    undo.apply_edit(db, "tag.set", deletes=[labels.make_tags_key("a")])
    assert labels.list_tags(db) == {}
    undo.undo_edit(db)
    assert labels.get_tags(db, "a") == ("oily",)
