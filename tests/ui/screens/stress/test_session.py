from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.corruptions.catalogue import CATALOG
from fieldcheck.corruptions.live_frame import MOST_COMBINED, make_recipe
from fieldcheck.corruptions.live_view import LiveStress, open_file
from fieldcheck.ui.screens.stress.state import (
    CAMERA,
    MODERATE,
    MOST,
    RecipeSelection,
    SourceChoices,
    StressState,
    make_file_key,
)
from tests import makers

BELT = SourceChoices(
    "/site.fieldcheck", (("recording:a", "belt.avi"), ("recording:b", "dock.avi")), "model 1"
)
FIRST, SECOND, THIRD = (SimpleNamespace(index=at) for at in range(3))
NAMES = st.sampled_from(tuple(CATALOG))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("with_corruption_on_top"), NAMES),
        st.tuples(st.just("with_corruption"), NAMES),
        st.tuples(st.just("with_step_removed"), st.integers(-1, 3)),
        st.tuples(st.just("with_severity"), st.floats(0, 5)),
    ),
    max_size=12,
)


@pytest.fixture
def session():
    """On the screen, with nothing looked at yet."""
    made = StressState()
    made.is_shown = True
    return made


@pytest.fixture
def live(tmp_path):
    """A live view of one red picture, without a model, not started."""
    return LiveStress(open_file(makers.save_picture(tmp_path / "red.png", "red")), None, 0)


def changing(session, *kept):
    """Frames whose answer changed, each with its moment."""
    session.tally = SimpleNamespace(list_changed=lambda: kept)


def result(of=None, number=0, classes=None):
    card = SimpleNamespace(classes=classes) if classes else None
    return SimpleNamespace(
        original=of or object(), recipe=SimpleNamespace(number=number), card=card
    )


@pytest.fixture
def uncounted(session):
    """A session that counts no answers: what is taken has none."""
    session.tally = SimpleNamespace(add_result=lambda *_: True)
    return session


def test_the_first_of_what_is_offered_is_opened_and_the_same_offer_changes_nothing(session, live):
    assert session.apply_sources(BELT, {}) == "open"
    assert session.key == "recording:a"
    assert session.start_live(session.opening, live)
    assert session.apply_sources(BELT, {}) == "same"


def test_what_is_looked_at_goes_on_when_more_is_offered_and_is_opened_anew_with_another_model(
    session, live
):
    session.apply_sources(BELT, {})
    session.start_live(session.opening, live)
    more = SourceChoices(BELT.location, (*BELT.choices, ("recording:c", "gate.avi")), BELT.model)
    assert session.apply_sources(more, {}) == "listed"
    actual = session.apply_sources(SourceChoices(BELT.location, more.choices, "model 2"), {})
    assert actual == "open"
    assert session.key == "recording:a"


def test_another_project_forgets_the_file_that_was_chosen(session):
    session.apply_sources(BELT, {})
    session.choose_file("C:\\clips\\one.png")
    assert session.list_sources({})[-1] == (make_file_key("C:\\clips\\one.png"), "one.png")
    assert session.apply_sources(SourceChoices("/other.fieldcheck", ()), {}) == "nothing"
    assert (session.key, session.list_sources({})) == ("", ())


def test_a_camera_that_is_open_elsewhere_is_listed_once(session):
    session.apply_sources(SourceChoices("/a", ((CAMERA + "0", "Camera: Belt"),)), {})
    cameras = {"0": SimpleNamespace(name="Belt"), "1": SimpleNamespace(name="Dock")}
    assert [key for key, _ in session.list_sources(cameras)] == [CAMERA + "0", CAMERA + "1"]


def test_nothing_is_begun_that_nobody_waits_for(session, live):
    session.apply_sources(BELT, {})
    late = session.opening
    session.close_live()
    assert not session.start_live(late, live)
    session.page = "sweep"
    assert not session.start_live(session.opening, live)
    assert session.is_waiting_for(session.opening)
    session.is_shown = False
    assert not session.is_waiting_for(session.opening)
    assert session.close_live() is None


def test_letting_go_forgets_frame_class_and_answers_and_hands_back_what_runs(session, live):
    session.start_live(session.opening, live)
    session.toggle_hold()
    session.of_class = 2
    before = session.tally
    assert session.close_live() is live
    assert (session.held, session.of_class, session.last) == (False, 0, None)
    assert session.tally is not before


def test_a_frame_is_held_and_let_go_again_and_nothing_is_held_without_a_live_view(session, live):
    session.toggle_hold()
    assert not session.held
    session.start_live(session.opening, live)
    session.toggle_hold()
    assert session.held
    session.toggle_hold()
    assert not session.held


def test_a_result_tells_whether_it_is_the_first_and_whether_its_recipe_is_another(uncounted):
    assert uncounted.apply_result(result(number=1), 0.0) == (True, True)
    assert uncounted.apply_result(result(number=1), 0.1) == (False, False)
    assert uncounted.apply_result(result(number=2), 0.2) == (False, True)


def test_where_it_flips_is_asked_of_a_frame_that_stays_and_a_model_that_answers(uncounted):
    frame = object()
    uncounted.live = SimpleNamespace(model="net")
    uncounted.apply_result(result(frame, classes=("red", "blue")), 0.0)
    assert uncounted.make_flip_question(RecipeSelection("dark")) is None
    uncounted.apply_result(result(frame, classes=("red", "blue")), 0.1)
    asked = uncounted.make_flip_question(RecipeSelection("dark"))
    assert (asked.rgb, asked.corruption) == (frame, "dark")
    assert (asked.model, asked.combined) == ("net", False)
    assert uncounted.make_flip_question(
        RecipeSelection("dark").with_corruption_on_top("jpeg")
    ).combined
    uncounted.live = SimpleNamespace(model=None)
    assert uncounted.make_flip_question(RecipeSelection("dark")) is None


def test_classes_go_round_and_end_with_all(uncounted):
    uncounted.apply_result(result(classes=("red", "blue")), 0.0)
    seen = []
    for _ in range(3):
        uncounted.of_class = uncounted.get_next_class()
        seen.append(uncounted.of_class)
    assert seen == [1, 2, 0]


def test_the_sweep_speaks_of_one_corruption_alone(session):
    session.findings = SimpleNamespace(
        get_short_lines=lambda corruption, severity: f"{corruption} {severity}"
    )
    assert session.format_sweep_result(RecipeSelection("dark")) == "dark 3.0"
    assert session.format_sweep_result(RecipeSelection("dark").with_corruption_on_top("jpeg")) == ""


def test_the_frame_of_a_moment_is_held_and_none_where_it_is_kept_no_more(session):
    changing(session, (10.0, FIRST), (20.0, SECOND), (21.0, THIRD))
    expected = [SECOND, FIRST, None]
    assert [session.find_changed_near(moment) for moment in (20.4, 10.0, 15.0)] == expected


def test_the_key_goes_from_the_last_one_to_those_before_it(session):
    changing(session, (10.0, FIRST), (20.0, SECOND), (21.0, THIRD))
    assert [session.find_previous_changed() for _ in range(4)] == [THIRD, SECOND, FIRST, None]


def test_without_a_changed_answer_nothing_is_held(session):
    changing(session)
    assert session.find_previous_changed() is None


def test_one_begins_at_moderate_and_the_limit_is_that_of_the_engine():
    assert (RecipeSelection("dark").severity, MODERATE, MOST) == (3.0, 3.0, MOST_COMBINED)


@given(steps=STEPS)
def test_whatever_is_chosen_the_engine_takes_it_and_nothing_stands_twice(steps):
    chosen = RecipeSelection("dark")
    for act, value in steps:
        chosen = getattr(chosen, act)(value)
        make_recipe(chosen.corruption, chosen.severity, 1, chosen.steps)
        assert len(set(chosen.names)) == len(chosen.names) <= MOST


def test_the_chosen_one_lies_under_the_next_and_comes_back_out_of_there():
    chosen = RecipeSelection("dark", 5.0).with_corruption_on_top("jpeg")
    assert chosen == RecipeSelection("jpeg", MODERATE, (("dark", 5.0),))
    assert chosen.with_corruption("dark") == RecipeSelection("dark", MODERATE)
    assert chosen.with_step_removed(0) == RecipeSelection("jpeg")
    assert chosen.with_step_removed(7) == chosen.with_corruption_on_top("dark") == chosen
