from fieldcheck.domain.label import Label
from fieldcheck.ui.screens.label.state import LabelRound


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
