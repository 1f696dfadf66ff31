from dataclasses import replace
from types import SimpleNamespace

import pytest

from fieldcheck.footage.clips_and_scene_cuts import ClipPlan
from fieldcheck.ui.screens.capture.source_panel import ExposureControls
from fieldcheck.ui.screens.capture.state import CaptureState, get_enabled_actions

WEBCAM, BELT = (
    SimpleNamespace(id=name, name=name.upper(), driver="usb") for name in ("webcam", "belt")
)
FILM = "/clips/film.mp4"


@pytest.fixture
def session():
    return CaptureState()


def line(closed=True, n_listed=10):
    return SimpleNamespace(closed=closed, n_listed=n_listed, recording_id="r1")


def status(state="opening", error=None, n_frames=0):
    return SimpleNamespace(state=state, error=error, n_frames=n_frames)


def test_cameras_that_were_found_come_before_what_was_entered(session):
    session.add_source("http://cam/video", "http://cam/video")
    session.add_source(FILM, "film.mp4")
    assert session.set_found_cameras((WEBCAM,))
    expected = [("WEBCAM", "usb"), ("http://cam/video", "network"), ("film.mp4", "file")]
    assert [(one.name, one.driver) for one in session.cameras] == expected
    assert not session.set_found_cameras((WEBCAM,))


def test_a_camera_is_called_by_its_name_and_an_unknown_one_by_itself(session):
    session.set_found_cameras((WEBCAM,))
    session.add_source(FILM, "film.mp4")
    expected = ["WEBCAM", "film.mp4", "gone"]
    assert [session.get_camera_name(one) for one in ("webcam", FILM, "gone")] == expected


def test_the_next_camera_goes_round_and_from_nowhere_to_the_first(session):
    assert session.get_next_camera("") == ""
    session.set_found_cameras((WEBCAM, BELT))
    expected = ["webcam", "belt", "webcam"]
    assert [session.get_next_camera(one) for one in ("", "webcam", "belt")] == expected


def test_a_password_is_asked_for_once_a_camera_and_said_again_until_it_is_live(session):
    wants = status(error=SimpleNamespace(problem="password"))
    assert [session.find_trouble(wants, "belt") for _ in range(2)] == ["ask_password", "say"]
    assert session.pop_password_source() == "belt"
    assert session.pop_password_source() == ""
    assert session.find_trouble(wants, "belt") == "ask_password"
    assert session.find_trouble(status("live"), "belt") == "over"


@pytest.mark.parametrize(("seen", "said"), [
    (status(), "none"),
    (status(error=OSError("gone"), n_frames=3), "none"),
    (status("lost", OSError("gone")), "none"),
    (status(error=OSError("refused")), "say"),
])  # fmt: skip
def test_only_a_camera_that_was_never_live_says_why(session, seen, said):
    assert session.find_trouble(seen, "belt") == said


def test_another_camera_holds_no_exposure_and_asks_no_password_of_the_one_before(session):
    session.locked = True
    session.find_trouble(status(error=SimpleNamespace(problem="password")), "belt")
    session.reset_camera_options()
    assert (session.locked, session.pop_password_source()) == (False, "")


def test_a_single_frame_ends_its_recording_once_it_is_there(session):
    session.single = True
    assert not session.stop_after_single_frame(None)
    assert not session.stop_after_single_frame(SimpleNamespace(n_frames=0))
    assert session.stop_after_single_frame(SimpleNamespace(n_frames=1))
    assert not session.stop_after_single_frame(SimpleNamespace(n_frames=2))


def test_after_a_recording_one_goes_on_to_the_picks_where_there_are_frames(session):
    assert session.get_next_step(recording=True, n_done=0) == "stop"
    assert session.get_next_step(recording=False, n_done=1) == "record"
    session.lines = (line(closed=False), line())
    assert session.get_next_step(recording=False, n_done=0) == "record"
    assert session.get_next_step(recording=False, n_done=1) == "pick"
    assert session.n_open == 1


def test_footage_without_a_listed_frame_is_nothing_to_pick_from(session):
    session.lines = (line(n_listed=0), line(closed=False))
    assert not session.has_frames


def test_normal_light_is_said_alone_and_the_others_in_the_order_of_the_chips(session):
    for code in ("glare", "dark"):
        session.toggle_condition(code)
    assert session.conditions == ("dark", "glare")
    session.toggle_condition("normal")
    assert session.conditions == ("normal",)
    session.toggle_condition("dark")
    assert session.conditions == ("dark",)
    session.toggle_condition("dark")
    assert session.conditions == ()


def test_what_can_be_done_follows_camera_project_and_recording():
    exposes = ExposureControls(
        "16.7 ms", can_expose=True, can_auto=False, can_lock=True, auto=False, locked=False
    )
    none, can = get_enabled_actions(None, True, False), get_enabled_actions(exposes, True, True)
    assert not any(none.values())
    assert [code for code, on in can.items() if not on] == ["auto", "series"]
    reads = get_enabled_actions(exposes, False, False)
    off = ["record", "single", "mark", "auto", "series"]
    assert [code for code, on in reads.items() if not on] == off
    tries = replace(exposes, can_series=True)
    assert get_enabled_actions(tries, True, False)["series"]
    assert not get_enabled_actions(tries, True, True)["series"]
    in_use = get_enabled_actions(tries, True, False, in_use=True)
    assert [in_use[code] for code in ("series", "record", "single")] == [False] * 3


def test_the_clips_so_far_are_told_where_there_is_footage(session):
    session.plan = ClipPlan(7, 20, 14, 0.143)
    assert session.plan_text == ""
    session.lines = (line(),)
    assert session.plan_text == "7 of 20 clips: expected 95% CI ±14 pp"
    session.plan = ClipPlan(2, 20, 50, None)
    assert session.plan_text == "2 of 20 clips: at least three for a camera interval"


def test_what_is_recorded_or_listed_just_now_was_not_broken_off(session):
    session.lines = (line(closed=False), line())
    assert session.n_open == 1
    session.running = frozenset({"r1"})
    assert session.n_open == 0
