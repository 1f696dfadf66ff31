from dataclasses import replace
from math import isnan, nan

from fieldcheck.project import edits
from fieldcheck.project.tables import picks
from tests.project.made import pick


def test_picks_come_back_in_the_order_in_which_they_are_shown(db):
    shown = (pick("c", 1, 0), pick("a", 1, 1), pick("b", 2, 0))
    edits.apply_edit(db, "pick.propose", [picks.make_pick_row(one) for one in reversed(shown)])
    assert picks.list_picks(db) == shown
    assert picks.get_pick(db, "a") == shown[1]
    assert picks.get_pick(db, "x") is None


def test_a_pick_that_was_not_drawn_has_no_probability(db):
    edits.apply_edit(db, "pick.add", [picks.make_pick_row(pick("a", probability=nan, weight=0))])
    assert isnan(picks.get_pick(db, "a").probability)


def test_a_pick_taken_out_stays_and_says_why(db):
    edits.apply_edit(db, "pick.propose", [picks.make_pick_row(pick("a"))])
    edits.apply_edit(db, "pick.take_out", [picks.make_pick_row(replace(pick("a"), taken_out="private"))])
    assert picks.get_pick(db, "a").taken_out == "private"
    edits.apply_edit(db, "pick.clear", deletes=[picks.make_pick_key("a")])
    assert picks.list_picks(db) == ()
