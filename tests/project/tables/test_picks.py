from dataclasses import replace
from math import isnan, nan

from fieldcheck.project import edits
from fieldcheck.project.tables import picks
from tests.project.made import pick


def test_picks_come_back_in_the_order_in_which_they_are_shown(db):
    shown = (pick("c", 1, 0), pick("a", 1, 1), pick("b", 2, 0))
    edits.apply(db, "pick.propose", [picks.row(one) for one in reversed(shown)])
    assert picks.all(db) == shown
    assert picks.get(db, "a") == shown[1]
    assert picks.get(db, "x") is None


def test_a_pick_that_was_not_drawn_has_no_probability(db):
    edits.apply(db, "pick.add", [picks.row(pick("a", probability=nan, weight=0))])
    assert isnan(picks.get(db, "a").probability)


def test_a_pick_taken_out_stays_and_says_why(db):
    edits.apply(db, "pick.propose", [picks.row(pick("a"))])
    edits.apply(db, "pick.take_out", [picks.row(replace(pick("a"), taken_out="private"))])
    assert picks.get(db, "a").taken_out == "private"
    edits.apply(db, "pick.clear", deletes=[picks.key("a")])
    assert picks.all(db) == ()
