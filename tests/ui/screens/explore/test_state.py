from dataclasses import replace
from types import SimpleNamespace

import pytest

from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.report.explore_data import GapProgress
from fieldcheck.ui.screens.explore.items import MODES, OF_FRAMES, READERS, ExploreState

WHOLE = GapProgress(
    n_listed=100, n_picked=20, n_labelled=20, n_left=0, model="net", has_benchmark=True,
    n_answers=0, key="a",
)  # fmt: skip


def figures(n_open=0, field="61%"):
    return SimpleNamespace(n_open=n_open, chart=SimpleNamespace(field=field), classes=(), worst=())


@pytest.fixture
def session():
    """On the screen, with a project open."""
    made = ExploreState()
    made.here = made.open = True
    return made


@pytest.mark.parametrize(("lacks", "place"), [
    ({"n_listed": 0}, "capture"),
    ({"n_picked": 0}, "pick"),
    ({"n_labelled": 0}, "label"),
    ({"model": ""}, "project"),
    ({}, ""),
])  # fmt: skip
def test_the_first_step_that_lacks_something_is_where_one_goes(session, lacks, place):
    session.set_missing(replace(WHOLE, **lacks), False)
    assert session.next_screen == place
    assert (session.next_step == "elsewhere") == bool(place)


def test_without_a_project_one_goes_to_projects_and_before_a_look_nothing_is_known(session):
    assert (session.next_screen, session.next_step) == ("", "unknown")
    session.open = False
    assert (session.next_screen, session.next_step) == ("project", "elsewhere")


def test_answers_come_before_the_report(session):
    session.set_missing(replace(WHOLE, n_answers=3), False)
    session.set_figures("a", figures(n_open=2))
    assert (session.next_step, session.can_run_model) == ("run", True)
    session.set_missing(WHOLE, False)
    assert (session.next_step, session.can_run_model) == ("report", False)


def test_figures_of_a_state_are_worked_out_once_and_not_while_the_model_runs(session):
    assert not session.set_missing(WHOLE, runs=True)
    assert session.set_missing(WHOLE, runs=False)
    assert session.is_computing
    assert not session.set_missing(WHOLE, runs=False)
    assert session.set_figures("a", figures())
    assert not session.is_computing
    assert not session.set_missing(WHOLE, runs=False)
    assert session.set_missing(replace(WHOLE, key="b"), runs=False)


def test_nothing_is_worked_out_for_a_screen_that_nobody_looks_at(session):
    session.here = False
    assert not session.set_missing(WHOLE, runs=False)


def test_figures_of_an_earlier_state_are_not_taken(session):
    session.set_missing(WHOLE, False)
    session.set_missing(replace(WHOLE, key="b"), False)
    assert not session.set_figures("a", figures())
    assert session.explore_data is None


def test_what_could_not_be_worked_out_is_not_tried_again(session):
    session.set_missing(WHOLE, False)
    session.mark_failed()
    assert not session.is_computing
    assert not session.set_missing(WHOLE, False)


def test_a_cancel_leaves_no_earlier_figures_and_is_not_undone_by_itself(session):
    session.set_missing(WHOLE, False)
    session.set_figures("a", figures())
    session.set_missing(replace(WHOLE, key="b"), False)
    session.mark_cancelled()
    assert session.has_failed
    assert not session.set_missing(replace(WHOLE, key="b"), False)
    session.reset()
    assert session.set_missing(replace(WHOLE, key="b"), False)


def test_disagreements_are_counted_only_while_their_figures_are_those_of_now(session):
    session.set_missing(WHOLE, False)
    session.set_figures("a", figures(n_open=2))
    assert session.n_open == 2
    session.set_missing(replace(WHOLE, key="b"), False)
    assert session.n_open == 0


def test_another_project_forgets_the_figures_and_a_closed_one_what_is_missing_too(session):
    session.set_missing(WHOLE, False)
    session.set_figures("a", figures())
    session.reset()
    assert session.explore_data is None
    assert session.set_missing(WHOLE, False)
    session.clear_results()
    assert session.missing is None


def test_labels_that_met_no_answer_are_told_apart(session):
    assert not session.has_no_comparison
    session.set_missing(WHOLE, False)
    session.set_figures("a", figures(field=None))
    assert session.has_no_comparison


@pytest.mark.parametrize(("mode", "n_items", "first", "shown"), [
    ("gap", 30, False, False),
    ("map", 30, False, True),
    ("map", 0, False, False),
    ("map", None, True, False),
    ("frames", None, True, True),
    ("frames", None, False, False),
])  # fmt: skip
def test_parts_are_shown_with_frames_and_the_grid_with_a_page(session, mode, n_items, first, shown):
    session.mode = mode
    assert session.can_show_part(n_items, first) == shown


def test_beside_the_gap_every_part_needs_frames():
    assert set(MODES) - {"gap", *READERS} <= set(OF_FRAMES)


def test_labels_can_be_reviewed_before_everything_else_is_read_but_not_of_an_empty_project(session):
    nothing = ProjectStatus()
    session.open = False
    assert not session.can_review(replace(nothing, n_frames=3))
    session.open = True
    assert not session.can_review(nothing)
    assert not session.can_review(None)
    assert session.can_review(replace(nothing, n_frames=3))
    assert session.can_review(replace(nothing, n_benchmark=3))
    session.mode = "look"
    assert session.can_show_part(None, False)
