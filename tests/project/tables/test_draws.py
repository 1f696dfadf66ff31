from fieldcheck.project import edits
from fieldcheck.project.tables import draws, picks
from tests.project.made import draw, listed, members, pick


def propose(db, draw_id, frames):
    draws.put(db, draw(draw_id), members(frames, draw_id))
    old = [picks.key(one.frame_id) for one in picks.all(db)]
    edits.apply(db, "pick.propose", [picks.row(pick(one.frame_id, draw_id, place)) for place, one in enumerate(frames)], old)


def test_a_draw_comes_back_with_its_members(db):
    frames = listed(n=4)
    assert draws.next_id(db) == 1
    propose(db, 1, frames)
    assert draws.all(db) == (draw(1),)
    assert draws.members(db, 1) == members(frames)
    assert draws.next_id(db) == 2


def test_a_draw_whose_picks_were_put_aside_is_replaced_but_stays_logged(db):
    propose(db, 1, listed(n=4))
    propose(db, 2, listed(n=2))
    assert draws.all(db) == (draw(1), draw(2))
    assert draws.current(db) == (draw(2),)


def test_undoing_a_second_proposal_brings_the_first_one_back_whole(db):
    propose(db, 1, listed(n=4))
    first = picks.all(db)
    propose(db, 2, listed(n=2))
    second = picks.all(db)
    edits.undo(db)
    assert draws.current(db) == (draw(1),)
    assert picks.all(db) == first
    edits.undo(db)
    assert draws.current(db) == ()
    assert len(draws.all(db)) == 2
    edits.redo(db)
    edits.redo(db)
    assert draws.current(db) == (draw(2),)
    assert picks.all(db) == second


def test_draws_stand_side_by_side_once_labels_exist(db):
    propose(db, 1, listed("a"))
    draws.put(db, draw(2), members(listed("b"), 2))
    edits.apply(db, "pick.add", [picks.row(pick("b-000000", 2))])
    assert draws.current(db) == (draw(1), draw(2))
