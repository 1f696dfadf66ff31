from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.corruptions.catalogue import CATALOG
from fieldcheck.corruptions.live_frame import MOST_COMBINED, make_recipe
from fieldcheck.corruptions.live_view import LiveStress, open_file
from fieldcheck.errors.files import CameraRefused, PathMissing
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.footage.live_camera import ViewedCamera
from fieldcheck.project.folder import open_project
from fieldcheck.ui.open_cameras import CameraSession
from fieldcheck.ui.screens.stress import state
from fieldcheck.ui.screens.stress.state import (
    BINS,
    CAMERA,
    FILE,
    KEPT,
    MODERATE,
    MOST,
    SAMPLE,
    SPAN_S,
    AnswerTally,
    RecipeSelection,
    SourceChoices,
    StressState,
    list_project_sources,
    list_sample_sources,
    make_file_key,
    open_source,
)
from tests import makers
from tests.ui.screens.stress.made import flipped, of_colour

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
def playing(tmp_path):
    """A live view of one red picture, without a model, not started."""
    return LiveStress(open_file(makers.save_picture(tmp_path / "red.png", "red")), None, 0)


def changing(session, *kept):
    """Frames whose answer changed, each with its moment."""
    session.tally = SimpleNamespace(list_changed=lambda: kept)


def result(of=None, number=0, classes=None):
    card = SimpleNamespace(classes=classes) if classes else None
    original = of or object()
    return SimpleNamespace(original=original, recipe=SimpleNamespace(number=number), card=card)


@pytest.fixture
def uncounted(session):
    """A session that counts no answers: what is taken has none."""
    session.tally = SimpleNamespace(add_result=lambda *_: True)
    return session


def test_the_first_offer_is_opened_and_the_same_offer_changes_nothing(session, playing):
    assert session.apply_sources(BELT, {}) == "open"
    assert session.key == "recording:a"
    assert session.start_live(session.opening, playing)
    assert session.apply_sources(BELT, {}) == "same"


def test_the_open_source_goes_on_when_more_is_offered_and_reopens_with_a_model(session, playing):
    session.apply_sources(BELT, {})
    session.start_live(session.opening, playing)
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


def test_nothing_is_begun_that_nobody_waits_for(session, playing):
    session.apply_sources(BELT, {})
    late = session.opening
    session.close_live()
    assert not session.start_live(late, playing)
    session.page = "sweep"
    assert not session.start_live(session.opening, playing)
    assert session.is_waiting_for(session.opening)
    session.is_shown = False
    assert not session.is_waiting_for(session.opening)
    assert session.close_live() is None


def test_letting_go_forgets_frame_class_and_answers_and_hands_back_what_runs(session, playing):
    session.start_live(session.opening, playing)
    session.toggle_hold()
    session.of_class = 2
    before = session.tally
    assert session.close_live() is playing
    assert (session.is_held, session.of_class, session.last) == (False, 0, None)
    assert session.tally is not before


def test_a_frame_is_held_and_let_go_again_and_nothing_is_held_without_a_live_view(session, playing):
    session.toggle_hold()
    assert not session.is_held
    session.start_live(session.opening, playing)
    session.toggle_hold()
    assert session.is_held
    session.toggle_hold()
    assert not session.is_held


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
    chosen = RecipeSelection("dark").with_corruption_on_top("jpeg")
    assert uncounted.make_flip_question(chosen).combined
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


def test_every_answer_falls_into_its_twentieth_with_the_clean_one_beside_it(colours):
    tally = AnswerTally()
    found = of_colour(colours, "red")
    assert tally.add_result(found, 0.0)
    confidence = tally.compute_confidence(None)
    sure = found.get_top(1)[0].probability
    assert confidence.now[min(BINS - 1, int(sure * BINS))] == 1
    assert (sum(confidence.now), sum(confidence.clean), confidence.n) == (1, 1, 1)
    assert confidence.median == pytest.approx(sure)


def test_one_class_counts_only_the_answers_that_were_it(colours):
    tally = AnswerTally()
    for index, colour in enumerate(("red", "red", "blue")):
        tally.add_result(of_colour(colours, colour, index), float(index))
    assert [tally.compute_confidence(place).n for place in (None, 0, 1, 2)] == [3, 2, 0, 1]


def test_another_recipe_begins_anew_but_the_doubt_goes_on(colours):
    tally = AnswerTally()
    tally.add_result(of_colour(colours, "red", 0, number=1), 0.0)
    tally.add_result(of_colour(colours, "red", 1, number=2, corruption="dark", severity=3.0), 1.0)
    assert tally.compute_confidence(None).n == 1
    assert len(tally.list_moments(1.0)) == 2


def test_a_held_frame_is_counted_once(colours):
    tally, found = AnswerTally(), of_colour(colours, "red")
    assert [tally.add_result(found, 0.0), tally.add_result(found, 0.1)] == [True, False]
    assert tally.compute_confidence(None).n == 1


def test_only_the_last_three_hundred_and_the_last_minute_are_kept(colours):
    tally = AnswerTally()
    both = [of_colour(colours, "red", 0), of_colour(colours, "blue", 1)]
    for index in range(KEPT + 50):
        tally.add_result(both[index % 2], float(index))
    assert tally.compute_confidence(None).n == KEPT
    assert len(tally.list_moments(KEPT + 49.0)) == SPAN_S + 1


def test_a_moment_says_whether_the_answer_changed(colours):
    tally = AnswerTally()
    tally.add_result(flipped(of_colour(colours, "red"), of_colour(colours, "blue")), 0.0)
    assert tally.list_moments(0.0)[0].n_changed == 1
    assert 0 <= tally.list_moments(0.0)[0].uncertainty <= 1


def test_answers_close_together_are_one_moment_with_the_highest_doubt(colours):
    tally = AnswerTally()
    found = [
        of_colour(colours, colour, index) for index, colour in enumerate(("red", "blue", "green"))
    ]
    for index, one in enumerate((found[0], flipped(found[1], found[0]), found[2])):
        tally.add_result(one, 0.09 * index)
    first, *others = tally.list_moments(0.2)
    assert (first.n, first.n_changed, first.time_s, others) == (3, 1, 0.0, [])
    assert first.uncertainty == max(one.uncertainty for one in found)


def test_without_a_model_there_is_nothing_to_count():
    tally = AnswerTally()
    tally.add_result(of_colour(None, "red"), 0.0)
    assert tally.compute_confidence(None).n == 0
    assert (tally.compute_confidence(None).median, tally.list_moments(0.0)) == (0.0, ())


def test_the_share_under_the_limit_is_of_the_answers_counted(boxes):
    tally = AnswerTally()
    tally.add_result(of_colour(boxes, "red"), 0.0)
    found = tally.compute_confidence(None)
    assert found.n == 1
    assert found.below_threshold == float(found.median < 0.6)


def test_frames_in_which_nothing_is_found_are_frames_all_the_same(boxes):
    tally = AnswerTally()
    tally.add_result(of_colour(boxes, "blue"), 0.0)
    found = tally.compute_confidence(None)
    assert (found.n, found.n_frames) == (0, 1)


def test_frames_whose_answer_changed_are_kept_for_a_minute_one_of_a_moment(colours):
    red = of_colour(colours, "red", corruption="dark", severity=3.0)
    blue = of_colour(colours, "blue")
    tally = AnswerTally()
    for at, now in enumerate((0.0, 0.1, 1.0, 61.5)):
        tally.add_result(replace(flipped(red, blue), index=at, original=red.original.copy()), now)
    tally.add_result(replace(red, index=9, original=red.original.copy()), 61.8)
    assert [(then, one.index) for then, one in tally.list_changed()] == [(61.5, 3)]


def test_no_more_of_them_are_kept_than_there_is_room_for(colours, monkeypatch):
    red = of_colour(colours, "red", corruption="dark", severity=3.0)
    blue = of_colour(colours, "blue")
    monkeypatch.setattr(state, "MOST_BYTES", 3 * red.original.nbytes)
    tally = AnswerTally()
    for at in range(9):
        changed = replace(flipped(red, blue), index=at, original=red.original.copy())
        tally.add_result(changed, float(at))
    assert [one.index for _, one in tally.list_changed()] == [6, 7, 8]


def test_the_newest_frame_behind_a_bar_is_kept_until_the_recipe_is_another(colours):
    tally = AnswerTally()
    red = of_colour(colours, "red")
    for index in range(2):
        tally.add_result(replace(red, index=index, original=red.original.copy()), float(index))
    first = red.get_top(1)[0]
    bar = min(state.BINS - 1, int(first.probability * state.BINS))
    assert tally.find_by_bar(bar, None).index == tally.find_by_bar(bar, first.index).index == 1
    assert tally.find_by_bar(bar, first.index + 1) is None
    assert tally.find_by_bar((bar + 1) % state.BINS, None) is None
    changed = replace(
        of_colour(colours, "blue"), recipe=replace(red.recipe, number=red.recipe.number + 1)
    )
    tally.add_result(changed, 3.0)
    assert tally.find_by_bar(bar, first.index) is None


HANG_S = 60.0


def first_result(live):
    live.start()
    try:
        return live.results.take_value(HANG_S)
    finally:
        live.stop()


def test_the_sample_offers_its_clips_and_plays_the_first_with_its_own_model():
    offer = list_sample_sources()
    assert len(offer.choices) == 12
    assert all(key.startswith(SAMPLE) and name in key for key, name in offer.choices)
    found = first_result(open_source(offer.choices[0][0], None, 0))
    assert found.source.removesuffix(".mp4") == offer.choices[0][1]
    assert found.card is not None
    assert found.get_top(1)


def test_a_project_offers_its_recordings_and_answers_with_its_newest_model(footed):
    offer = list_project_sources(footed)
    assert [name for _, name in offer.choices] == ["belt.avi", "Benchmark images"]
    assert offer.model
    found = first_result(open_source(offer.choices[0][0], footed, 0))
    assert (found.source, found.card.classes) == ("belt.avi", makers.COLOURS)


@pytest.mark.long
def test_the_model_decides_by_the_thresholds_of_the_field_where_that_is_tried(tmp_path):
    with makers.shy_project(tmp_path) as project:
        key = list_project_sources(project).choices[0][0]
        assert first_result(open_source(key, project, 0)).card.output.thresholds == ()
        found = first_result(open_source(key, project, 0, tried=True))
        assert [name for name, _ in found.card.output.thresholds] == ["blue"]


def test_labels_that_suggest_no_thresholds_refuse_it(labelled):
    with pytest.raises(NothingLabelled):
        open_source(list_project_sources(labelled).choices[0][0], labelled, 0, tried=True)


def test_a_file_is_looked_at_with_the_model_of_the_project(footed, tmp_path):
    picture = makers.save_picture(tmp_path / "one.png", "blue")
    found = first_result(open_source(make_file_key(str(picture)), footed, 0))
    assert (found.source, found.get_top(1)[0].name) == ("one.png", "blue")


def test_without_a_project_a_file_has_no_model(tmp_path):
    picture = makers.save_picture(tmp_path / "one.png", "blue")
    found = first_result(open_source(FILE + str(picture), None, 0))
    assert found.card is None


def test_a_project_without_a_model_still_shows_its_footage(tmp_path, material):
    with open_project_without_model(tmp_path / "bare.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        offer = list_project_sources(project)
        assert offer.model == ""
        assert first_result(open_source(offer.choices[0][0], project, 0)).card is None


def test_a_file_that_is_gone_is_an_error_with_a_sentence(tmp_path):
    with pytest.raises(PathMissing):
        open_source(make_file_key(str(tmp_path / "gone.mp4")), None, 0)


def open_project_without_model(path):
    makers.empty_project(path, classes=makers.COLOURS).close()
    return open_project(path)


def test_a_camera_is_opened_by_what_it_is_called(footed):
    found = first_result(open_source(CAMERA + "synthetic:320x240@30", footed, 0))
    assert (found.original.shape, found.card.classes) == ((240, 320, 3), makers.COLOURS)


def test_a_camera_that_is_open_already_is_looked_at_where_it_is(footed):
    camera = ViewedCamera("synthetic:160x120@30")
    camera.start()
    try:
        opened = {"v4l2:one": CameraSession(camera, "HD webcam", camera.get_status())}
        found = first_result(open_source(CAMERA + "v4l2:one", footed, 0, opened))
        assert (found.original.shape, found.source) == ((120, 160, 3), "HD webcam")
    finally:
        camera.stop()


def test_a_camera_that_cannot_be_meant_is_refused():
    live = open_source(CAMERA + "v4l2:gone", None, 0)
    live.start()
    try:
        assert isinstance(live.trouble.take_value(HANG_S), CameraRefused)
    finally:
        live.stop()
