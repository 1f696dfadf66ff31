from fieldcheck.project import undo
from fieldcheck.project.tables import labels
from fieldcheck.project.tables import labels as draws
from tests.project.made import draw, listed, members, pick


def propose(db, draw_id, frames):
    draws.put_draw(db, draw(draw_id), members(frames, draw_id))
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
    assert draws.get_next_draw_id(db) == 1
    propose(db, 1, frames)
    assert draws.list_draws(db) == (draw(1),)
    assert draws.list_members(db, 1) == members(frames)
    assert draws.get_next_draw_id(db) == 2


def test_a_draw_whose_picks_were_put_aside_is_replaced_but_stays_logged(db):
    propose(db, 1, listed(n=4))
    propose(db, 2, listed(n=2))
    assert draws.list_draws(db) == (draw(1), draw(2))
    assert draws.list_current_draws(db) == (draw(2),)


def test_undoing_a_second_proposal_brings_the_first_one_back_whole(db):
    propose(db, 1, listed(n=4))
    first = labels.list_picks(db)
    propose(db, 2, listed(n=2))
    second = labels.list_picks(db)
    undo.undo_edit(db)
    assert draws.list_current_draws(db) == (draw(1),)
    assert labels.list_picks(db) == first
    undo.undo_edit(db)
    assert draws.list_current_draws(db) == ()
    assert len(draws.list_draws(db)) == 2
    undo.redo_edit(db)
    undo.redo_edit(db)
    assert draws.list_current_draws(db) == (draw(2),)
    assert labels.list_picks(db) == second


def test_draws_stand_side_by_side_once_labels_exist(db):
    propose(db, 1, listed("a"))
    draws.put_draw(db, draw(2), members(listed("b"), 2))
    undo.apply_edit(db, "pick.add", [labels.make_pick_row(pick("b-000000", 2))])
    assert draws.list_current_draws(db) == (draw(1), draw(2))
