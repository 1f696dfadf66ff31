from fieldcheck.domain.label import Label
from fieldcheck.ui.screens.label.round import Round


def said(*frame_ids, state="done"):
    return {frame_id: Label(frame_id, state, "ok" if state == "done" else "") for frame_id in frame_ids}


def test_work_goes_on_at_the_first_frame_without_a_label():
    assert Round("abcd", {}).first() == 0
    assert Round("abcd", said("a", "b", "d")).first() == 2
    assert Round("abcd", said("a", "b", "c", "d")).first() == 3
    assert Round("", {}).first() == 0


def test_the_next_frame_is_the_next_one_without_a_label_going_round():
    assert Round("abcd", said("b")).after(0) == 2
    assert Round("abcd", said("b", "c", "d")).after(3) == 0


def test_unsure_frames_come_once_more_at_the_end():
    work = Round("abcd", said("a", "c") | said("b", "d", state="unsure"))
    assert [work.after(3), work.after(1), work.after(3)] == [1, 3, None]
    assert (work.n_left, work.n_unsure) == (0, 2)


def test_a_frame_is_found_by_its_name():
    assert (Round("abc", {}).place("b"), Round("abc", {}).place("z")) == (1, None)
