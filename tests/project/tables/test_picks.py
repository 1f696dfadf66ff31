from dataclasses import replace
from math import isnan, nan

from fieldcheck.project import undo
from fieldcheck.project.tables import labels
from tests.project.made import pick


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
    undo.apply_edit(
        db, "pick.take_out", [labels.make_pick_row(replace(pick("a"), taken_out="private"))]
    )
    assert labels.get_pick(db, "a").taken_out == "private"
    undo.apply_edit(db, "pick.clear", deletes=[labels.make_pick_key("a")])
    assert labels.list_picks(db) == ()
