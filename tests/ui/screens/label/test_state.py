from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.label import Box, Label, Point, ReviewRequest
from fieldcheck.domain.project_state import Changes
from fieldcheck.labels.label_session import FrameToLabel, LabelQueue, Suggestion
from fieldcheck.settings import Settings
from fieldcheck.ui.screens.label.state import NOTHING_KEY, LabelRound, LabelState, ShortcutClasses

# Decisions of labelling, without a window, a project or Qt.


CLASSES = ("OK", "Crack", "Dent")
MANY = [f"class {at}" for at in range(40)]


def frame(at, clip="A", scene=0):
    picture = Path(f"f{at}.png")
    return FrameToLabel(f"f{at}", picture, clip, "Camera 1", "", float(at), 64, 48, scene=scene)


def work(n=5, kind="class", classes=CLASSES, frames=None, labels=(), marks=None, number=0):
    shown = tuple(frame(at) for at in range(n)) if frames is None else tuple(frames)
    task = {
        "class": "classification",
        "boxes": "detection",
        "points": "segmentation",
        "none": "multilabel",
    }[kind]
    return LabelQueue(
        task,
        kind,
        tuple(classes),
        shown,
        {one.frame_id: one for one in labels},
        {},
        marks or {},
        round=number,
    )


@pytest.fixture
def session():
    made = LabelState()
    made.load_work(work())
    return made


def done(name, class_name="OK", **more):
    return Label(name, "done", class_name, **more)


def test_it_says_what_is_lacking_before_anybody_can_label():
    session = LabelState()
    assert session.load_work(work(0)) == "frames"
    assert session.load_work(work(2, classes=())) == "classes"
    assert session.load_work(work(2, kind="none")) == "kind"
    assert session.load_work(work(2)) == ""
    session.clear_work()
    assert (session.frames, session.get_current_frame_id()) == ((), None)
    with pytest.raises(LookupError):
        _ = session.loaded_work


def test_after_a_label_comes_the_next_frame_without_one_and_unsure_ones_once_more(session):
    session.index = 2
    session.apply_label(done("f2"))
    assert session.find_next_index() == 3
    for name in ("f3", "f4", "f0"):
        session.apply_label(done(name))
    session.apply_label(Label("f1", "unsure"))
    assert session.find_next_index() == 1
    session.index = 1
    assert session.find_next_index() == 1


def test_a_frame_is_found_by_its_name_and_else_work_goes_on_where_it_stopped():
    session = LabelState()
    session.load_work(work(labels=[done("f0"), done("f1")]))
    assert session.find_frame_index("f4") == 4
    assert session.find_frame_index("gone") == session.find_frame_index(None) == 2


def test_browsing_stays_among_the_frames(session):
    assert session.get_neighbour_index(-1) == 0
    session.index = 4
    assert (session.get_neighbour_index(-1), session.get_neighbour_index(1)) == (3, 4)


def test_an_answer_before_anybody_can_have_seen_the_frame_is_too_fast(session):
    settings = Settings(too_fast_ms=200)
    assert session.is_too_fast(None, settings)
    assert session.is_too_fast(0.19, settings)
    assert not session.is_too_fast(0.2, settings)
    assert session.is_too_fast(0.25, Settings(too_fast_ms=200, gloves=True))
    assert not session.is_too_fast(0.0, Settings(too_fast_ms=0, gloves=True))


def test_zero_means_nothing_only_where_something_is_drawn(session):
    assert not session.is_empty_key(NOTHING_KEY)
    session.load_work(work(kind="boxes"))
    assert session.is_empty_key(NOTHING_KEY)
    assert (session.get_class_at(2), session.get_class_at(3)) == ("Dent", None)


def test_what_this_screen_did_itself_is_not_read_anew(session):
    session.mark_own_edit("f1")
    assert session.check_reload(Changes("label.set", keys=("f1",))) == (False, "f0")
    assert session.check_reload(Changes("label.set", keys=("f1",))) == (True, "f1")
    assert session.check_reload(Changes("pick.take_out", keys=("f9",))) == (True, "f0")
    assert session.check_reload(Changes("tag.set", keys=("f1",)))[0] is False


def test_a_second_answer_is_told_by_its_round_and_frame(session):
    session.load_work(work(number=3))
    session.begin_repeats()
    session.mark_own_edit("f1")
    assert session.check_reload(Changes("repeat.set", keys=("3.f1",)))[0] is False
    assert session.check_reload(Changes("repeat.set", keys=("3.f2",))) == (True, "f2")


def test_after_an_act_that_failed_another_answer_is_taken(session):
    session.saving = True
    session.mark_own_edit("f1")
    session.on_store_failed()
    assert not session.saving
    assert session.check_reload(Changes("label.set", keys=("f1",))) == (True, "f1")


def test_the_rest_of_a_burst_is_what_looks_alike_and_waits():
    session = LabelState()
    session.load_work(work(frames=[frame(at, scene=at // 3) for at in range(6)]))
    assert session.list_rest_of_burst() is None
    session.apply_label(done("f0"))
    assert session.list_rest_of_burst() == ("f1", "f2")
    session.apply_label(Label("f1", "skipped", why="other"))
    assert session.list_rest_of_burst() is None
    assert session.last_skipped == "f1"


def test_boxes_are_copied_from_the_labelled_frame_nearest_in_time_in_the_same_clip():
    box, far = Box("OK", 1, 1, 9, 9), Box("OK", 5, 5, 9, 9)
    frames = [frame(0), frame(1), frame(2, clip="B"), frame(7)]
    labels = [
        done("f0", "", boxes=(far,)),
        done("f7", "", boxes=(box,)),
        done("f2", "", boxes=(far,)),
    ]
    session = LabelState()
    session.load_work(work(kind="boxes", frames=frames, labels=labels))
    session.index = 1
    assert session.find_nearest_boxes() == (far,)
    session.index = 3
    assert session.find_nearest_boxes() == (far,)
    session.index = 2
    assert session.find_nearest_boxes() == ()


def test_what_was_drawn_stands_before_what_was_accepted_and_repeats_keep_nothing():
    session = LabelState()
    labels = [done("f0", "", boxes=(Box("OK", 1, 1, 9, 9),), points=(Point("OK", 1, 2),))]
    session.load_work(work(kind="boxes", labels=labels))
    assert (len(session.get_boxes()), len(session.get_points())) == (1, 1)
    assert session.make_draft((), ()).frame_id == "f0"
    assert (session.get_boxes(), session.get_points()) == ((), ())
    assert session.list_strip_frames(3)[0].caption.startswith("✓")
    session.begin_repeats()
    assert session.make_draft((), ()) is None


def test_the_model_is_seen_only_after_two_presses_and_never_during_repeats(session):
    assert session.start_suggestion() is None
    assert (session.toggle_blind(), session.blind) == ("ask", True)
    assert (session.toggle_blind(), session.blind) == ("turned", False)
    assert session.start_suggestion() == ("f0", 0)
    session.begin_repeats()
    assert (session.toggle_blind(), session.blind) == ("repeats", True)


def test_another_project_is_blind_again(session):
    session.toggle_blind()
    session.toggle_blind()
    session.reset_for_project()
    assert session.blind
    assert session.toggle_blind() == "ask"


def test_another_project_has_no_last_label(session):
    session.apply_label(done("f0", "Dent"))
    session.reset_for_project()
    assert (session.last_class, session.last_labelled) == ("", "")
    session.apply_label(Label("f1", "skipped"))
    session.reset_for_project()
    assert session.last_skipped == ""


def test_what_was_taken_back_is_no_longer_the_last_answer(session):
    session.apply_label(Label("f0", "skipped"))
    session.load_work(work(labels=[Label("f0", "skipped")]))
    assert session.last_skipped == "f0"
    session.load_work(work(labels=[done("f0")]))
    assert session.last_skipped == ""
    session.apply_label(done("f1", "Dent"))
    session.load_work(work(labels=[done("f1", "Dent")]))
    assert session.last_labelled == "f1"
    session.load_work(work())
    assert (session.last_labelled, session.last_class) == ("", "Dent")


def test_a_suggestion_that_comes_too_late_is_not_shown(session):
    late = Suggestion("f3", "net", "OK", 0.9, ())
    assert not session.apply_suggestion(("net",), late)
    session.toggle_blind()
    session.toggle_blind()
    assert not session.apply_suggestion(("net",), late)
    assert session.suggestion is None
    assert session.apply_suggestion(("net", "other"), Suggestion("f0", "net", "OK", 0.9, ()))
    assert session.select_next_model()
    assert session.start_suggestion() == ("f0", 1)
    assert session.suggestion is None


def test_there_is_no_next_model_while_none_may_be_seen(session):
    session.apply_suggestion(("net",), None)
    assert not session.select_next_model()


def test_the_strip_shows_as_many_frames_as_fit_around_the_one_that_is_shown():
    session = LabelState()
    session.load_work(work(20, labels=[done("f9")]))
    session.index = 10
    shown = session.list_strip_frames(5)
    assert [one.index for one in shown] == [8, 9, 10, 11, 12, 13]
    assert [one.caption for one in shown[:3]] == ["9", "✓ OK", "11"]
    session.index = 19
    assert [one.index for one in session.list_strip_frames(5)] == [15, 16, 17, 18, 19]


def test_the_time_left_follows_the_last_twenty_labels_and_no_pause_counts_more_than_a_minute():
    session = LabelState()
    session.load_work(work(30))
    assert session.estimate_seconds_left() == 0.0
    session.apply_label(done("f0", seconds=600.0))
    assert session.estimate_seconds_left() == 60.0 * 29
    for at in range(1, 21):
        session.apply_label(done(f"f{at}", seconds=2.0))
    assert session.estimate_seconds_left() == 2.0 * 9


def test_with_many_classes_a_used_one_gets_a_key():
    session = LabelState()
    session.load_work(work(classes=[f"c{at}" for at in range(20)]))
    assert "c15" not in session.shortcuts.names
    assert session.apply_label(done("f0", "c15"))
    assert "c15" in session.shortcuts.names
    assert not session.apply_label(done("f1", "c15"))


def test_a_flag_for_the_expert_belongs_to_its_frame():
    session = LabelState()
    session.load_work(work(marks={"f0": ReviewRequest("f0", expert=True)}))
    assert session.for_expert
    session.index = 1
    assert not session.for_expert


def test_few_classes_all_have_a_key_and_keep_it():
    found = ShortcutClasses(MANY[:14])
    actual = (found.names, found.exceeds_keys, found.assign_key("class 13"))
    assert actual == (MANY[:14], False, False)


def test_of_many_the_first_nine_have_a_digit_and_a_found_one_takes_a_key_that_is_free():
    found = ShortcutClasses(MANY)
    assert not found.assign_key("class 0")
    assert found.assign_key("class 30")
    assert (found.names.index("class 30"), found.names[:9]) == (9, MANY[:9])
    assert not found.assign_key("class 30")


@given(st.lists(st.sampled_from(MANY), max_size=60), st.sampled_from([9, 14]))
def test_a_key_never_changes_its_class_while_a_frame_is_open(used, most):
    found = ShortcutClasses(MANY, most)
    for name in used:
        before = list(found.names)
        found.use_class(name)
        changed = found.assign_key(name)
        assert found.names == before + [name] * changed
    assert len(found.names) <= most


@given(st.lists(st.sampled_from(MANY), max_size=60))
def test_the_nine_classes_used_last_have_the_digits_of_the_next_frame(used):
    found = ShortcutClasses(MANY, 9)
    for name in used:
        before = list(found.names)
        found.use_class(name)
        assert found.apply_latest() == (name not in before)
        kept = [other for other, old in zip(found.names, before, strict=True) if other == old]
        assert len(kept) >= 8, "a class keeps its digit as long as it has one"
    assert set(dict.fromkeys(reversed(used))) <= set(found.names) or len(set(used)) > 9
    assert set(list(dict.fromkeys(reversed(used)))[:9]) <= set(found.names)


def said(*frame_ids, state="done"):
    return {
        frame_id: Label(frame_id, state, "ok" if state == "done" else "") for frame_id in frame_ids
    }


def test_work_goes_on_at_the_first_frame_without_a_label():
    assert LabelRound("abcd", {}).find_first() == 0
    assert LabelRound("abcd", said("a", "b", "d")).find_first() == 2
    assert LabelRound("abcd", said("a", "b", "c", "d")).find_first() == 3
    assert LabelRound("", {}).find_first() == 0


def test_the_next_frame_is_the_next_one_without_a_label_going_round():
    assert LabelRound("abcd", said("b")).find_next(0) == 2
    assert LabelRound("abcd", said("b", "c", "d")).find_next(3) == 0


def test_unsure_frames_come_once_more_at_the_end():
    work = LabelRound("abcd", said("a", "c") | said("b", "d", state="unsure"))
    assert [work.find_next(3), work.find_next(1), work.find_next(3)] == [1, 3, None]
    assert (work.n_left, work.n_unsure) == (0, 2)


def test_a_frame_is_found_by_its_name():
    assert LabelRound("abc", {}).find_index("b") == 1
    assert LabelRound("abc", {}).find_index("z") is None


def parted_frames():
    """Frames of parts p (f0, f1) and q (f2); p has a frame x that is not picked."""
    shown = {"f0": ("p", ("f0", "x", "f1")), "f1": ("p", ("f0", "x", "f1")), "f2": ("q", ("f2",))}
    return [
        replace(frame(at), part=shown[f"f{at}"][0], part_frames=shown[f"f{at}"][1])
        for at in range(3)
    ]


def test_one_label_is_that_of_the_part_and_the_next_part_comes():
    session = LabelState()
    session.load_work(work(frames=parted_frames()))
    session.apply_label(done("f0", "Dent"))
    assert {name: one.class_name for name, one in session.round.labels.items()} == {
        "f0": "Dent",
        "f1": "Dent",
    }
    assert session.round.labels["f1"].frame_id == "f1"
    assert (session.find_next_index(), session.round.n_left) == (2, 1)


def test_a_skipped_frame_is_not_labelled_with_its_part_and_repeats_are_of_one_frame():
    session = LabelState()
    session.load_work(
        work(frames=parted_frames(), labels=[replace(done("f1", ""), state="skipped")])
    )
    assert session.list_frames_of_part(done("f0", "Dent")) == ("f0",)
    assert session.list_frames_of_part(replace(done("f0", ""), state="skipped")) == ("f0",)
    session.load_work(work(frames=parted_frames()))
    assert session.list_frames_of_part(replace(done("f0", ""), state="unsure")) == ("f0", "f1")
    session.begin_repeats()
    assert session.list_frames_of_part(done("f0", "Dent")) == ("f0",)


def test_the_strip_of_a_part_shows_all_its_frames_and_no_other():
    session = LabelState()
    session.load_work(work(frames=parted_frames()))
    shown = session.list_strip_frames(5)
    assert [(one.index, one.caption, one.frame_id) for one in shown] == [
        (0, "1", "f0"), (-1, "–", "x"), (1, "2", "f1")
    ]  # fmt: skip
    assert [one.picture for one in shown] == [Path("f0.png"), None, Path("f1.png")]
    session.index = 2
    assert [one.frame_id for one in session.list_strip_frames(5)] == ["f2"]
    session.index = 1
    assert [one.frame_id for one in session.list_strip_frames(1)] == ["f1"]
