from fieldcheck.domain.label import Repeat


def test_a_frame_comes_once_a_round():
    assert Repeat("a", 1, 0, "same").repeat_id != Repeat("a", 2, 0, "same").repeat_id
    assert Repeat("a", 1, 0, "same").repeat_id == Repeat("a", 1, 9, "other").repeat_id
