import pytest

from fieldcheck.domain.label import ANSWERS, Box, Label, LabelDraft, Point, is_class_name


@pytest.mark.parametrize("state", ["unsure", "skipped"])
@pytest.mark.parametrize("answer", [{"class_name": "ok"}, {"boxes": (Box("crack", 0, 0, 1, 1),)}])
def test_a_frame_that_was_not_judged_carries_no_answer(state, answer):
    with pytest.raises(ValueError, match=f"{state} carries no answer"):
        Label("r-000001", state, **answer)


def test_done_without_boxes_says_that_nothing_is_there():
    assert Label("r-000001", "done").boxes == ()


def test_whether_a_label_was_blind_is_not_known_unless_it_is_said():
    assert Label("r-000001", "done", "ok").blind is None


def test_a_label_names_its_class_or_that_of_everything_drawn():
    assert Label("a", "done", "ok").names == ("ok",)
    assert Label(
        "a", "done", boxes=(Box("crack", 0, 0, 1, 1),), points=(Point("hole", 1, 1),)
    ).names == ("crack", "hole")
    assert Label("a", "done").names == ()


def test_taking_back_is_no_answer():
    assert "class" in ANSWERS
    assert "back" not in ANSWERS


@pytest.mark.parametrize(
    "said",
    ["", "  ", "a\nb", "\x1b[31m", "\u202egnp.", "a\u2066b", "a\u2028b", "\ud800", "x" * 501],
)
def test_what_turns_or_breaks_the_line_it_stands_in_is_no_class_name(said):
    assert not is_class_name(said)


@pytest.mark.parametrize("said", ["scratch", "größer 中", "می\u200cشود", "a\u00a0b"])
def test_words_of_every_language_are_class_names(said):
    assert is_class_name(said)


def test_a_draft_begins_empty():
    assert (LabelDraft("a").boxes, LabelDraft("a").points) == ((), ())
