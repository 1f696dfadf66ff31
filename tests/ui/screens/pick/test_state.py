from types import SimpleNamespace

import pytest

from fieldcheck.domain.label import DESIGNS
from fieldcheck.footage.clips_and_scene_cuts import ClipPlan
from fieldcheck.sampling.proposal import DrawnPicks, ProposedPick
from fieldcheck.ui.screens.pick.state import USUAL, PickState

# Decisions of picking, without a window, a project or Qt.


def row(name, scene=0, out="", person=False):
    return ProposedPick(
        name, 1, "belt.avi", 0.0, "", "", "", (), (), "A", scene=scene, taken_out=out, person=person
    )


def drawn(*rows, draws=(), listed=40, labels=0):
    return DrawnPicks(rows, draws, listed, labels)


@pytest.fixture
def session():
    made = PickState()
    made.set_picks(drawn(row("a", 1), row("b", 1, out="blurred"), row("c", 2, person=True)))
    return made


def test_picking_has_five_stages():
    session = PickState()
    assert (session.get_stage(False), session.get_stage(True)) == ("closed", "unread")
    session.set_picks(drawn(listed=0))
    assert session.get_stage(True) == "no frames"
    session.set_picks(drawn())
    assert session.get_stage(True) == "no picks"
    session.set_picks(drawn(row("a")))
    assert session.get_stage(True) == "picks"
    session.clear_picks()
    assert (session.get_stage(False), session.rows) == ("closed", {})


def test_the_main_action_leads_to_what_is_lacking_and_then_to_the_labels(session):
    assert session.get_next_step(False) == "project"
    assert session.get_next_step(True) == "label"
    session.set_picks(drawn())
    assert session.get_next_step(True) == "draw"
    session.set_picks(drawn(listed=0))
    assert session.get_next_step(True) == "capture"


def test_the_first_look_at_a_project_goes_on_with_its_newest_draw_and_only_that_one():
    session = PickState()
    assert session.restore_design() is None
    draws = (SimpleNamespace(design="even", count=30), SimpleNamespace(design="light", count=60))
    session.set_picks(drawn(draws=draws))
    assert (session.restore_design(), session.design) == (60, "light")
    session.choose_design("hard")
    assert (session.restore_design(), session.design) == (None, "hard")
    session.reset_for_project()
    session.set_picks(drawn())
    assert (session.restore_design(), session.design) == (USUAL, "balanced")


def test_ways_of_drawing_go_round():
    session = PickState()
    seen = []
    for _ in DESIGNS:
        seen.append(session.design)
        session.select_next_design()
    assert sorted(seen) == sorted(DESIGNS)
    assert session.design == seen[0]
    with pytest.raises(StopIteration):
        session.choose_design("by hand")


def test_a_draw_takes_the_place_of_the_one_before_until_something_is_labelled(session):
    assert session.replaces
    assert not session.labelled
    session.set_picks(drawn(row("a"), labels=1))
    assert not session.replaces
    assert session.labelled
    session.set_picks(drawn())
    assert not session.replaces


def test_a_burst_opens_and_closes_with_the_frame_that_is_looked_at(session):
    assert not session.toggle_burst()
    session.current_frame_id = "a"
    assert session.toggle_burst()
    assert session.open_scenes == {1}
    session.toggle_burst()
    assert session.open_scenes == set()
    session.shows_all_frames = True
    assert not session.toggle_burst()


def test_all_then_those_in_then_those_out_are_shown(session):
    assert [
        session.pick_filter, session.select_next_filter(), session.select_next_filter(),
        session.select_next_filter(),
    ] == ["all", "in", "out", "all"]  # fmt: skip


def test_what_is_selected_is_told_apart(session):
    names = ["a", "b", "c", "of the list"]
    assert [one.frame_id for one in session.list_picks(names)] == ["a", "b", "c"]
    assert session.list_included(names) == ["a", "c"]
    assert session.list_excluded(names) == ["b"]
    assert [one.frame_id for one in session.list_with_person(names)] == ["c"]
    assert session.get_pick_number("c") == 3


def able(session, writable=True, busy=False):
    return {name for name, on in session.get_enabled_actions(writable, busy).items() if on}


def test_single_picks_are_sorted_only_where_the_project_may_be_changed_and_picks_are_shown(session):
    assert {"out", "person", "cut", "draw", "label_file", "open", "list"} <= able(session)
    expected = {"open", "pixels", "all", "list", "must", "larger", "smaller"}
    assert able(session, writable=False) == expected
    session.shows_all_frames = True
    assert not {"out", "person", "cut"} & able(session)
    assert "open" in able(session)


def test_while_work_is_under_way_nothing_is_drawn_or_taken_in(session):
    assert not {"draw", "label_file", "label_folder"} & able(session, busy=True)
    assert "out" in able(session, busy=True)


def test_before_anything_is_read_nothing_can_be_done():
    assert able(PickState()) == set()


def test_what_the_clips_lead_to_goes_with_the_project(session):
    session.set_picks(drawn(), ClipPlan(7, 20, 14, 0.143))
    assert session.plan.clips == 7
    session.clear_picks()
    assert session.plan is None


def test_a_balanced_draw_may_be_made_against_another_model(session):
    session.set_picks(drawn())
    assert not session.can_choose_model
    session.set_other_models(["v2", "v1"])
    assert session.can_choose_model
    chosen = []
    for _ in range(3):
        session.select_next_model()
        chosen.append(session.drawn_against)
    assert chosen == ["v2", "v1", ""]
    session.against = "v1"
    session.choose_design("even")
    assert (session.drawn_against, session.get_enabled_actions(True, False)["against"]) == (
        "",
        False,
    )
    session.choose_design("balanced")
    assert session.drawn_against == "v1"
    session.set_other_models(["v2"])  # v1 was taken away
    assert session.drawn_against == ""
