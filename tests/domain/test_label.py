import dataclasses
from math import inf, nan

import pytest

from fieldcheck.analyses.robustness import describe_missing_score, get_evaluation_set_name
from fieldcheck.domain import label
from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n import language


@pytest.mark.parametrize("state", ["unsure", "skipped"])
@pytest.mark.parametrize(
    "answer", [{"class_name": "ok"}, {"boxes": (label.Box("crack", 0, 0, 1, 1),)}]
)
def test_a_frame_that_was_not_judged_carries_no_answer(state, answer):
    with pytest.raises(ValueError, match=f"{state} carries no answer"):
        label.Label("r-000001", state, **answer)


def test_done_without_boxes_says_that_nothing_is_there():
    assert label.Label("r-000001", "done").boxes == ()


def test_whether_a_label_was_blind_is_not_known_unless_it_is_said():
    assert label.Label("r-000001", "done", "ok").blind is None


def test_a_label_names_its_class_or_that_of_everything_drawn():
    assert label.Label("a", "done", "ok").names == ("ok",)
    assert label.Label(
        "a", "done", boxes=(label.Box("crack", 0, 0, 1, 1),), points=(label.Point("hole", 1, 1),)
    ).names == ("crack", "hole")
    assert label.Label("a", "done").names == ()


def test_taking_back_is_no_answer():
    assert "class" in label.ANSWERS
    assert "back" not in label.ANSWERS


@pytest.mark.parametrize(
    "said",
    ["", "  ", "a\nb", "\x1b[31m", "\u202egnp.", "a\u2066b", "a\u2028b", "\ud800", "x" * 501],
)
def test_what_turns_or_breaks_the_line_it_stands_in_is_no_class_name(said):
    assert not label.is_class_name(said)


@pytest.mark.parametrize("said", ["scratch", "größer 中", "می\u200cشود", "a\u00a0b"])
def test_words_of_every_language_are_class_names(said):
    assert label.is_class_name(said)


def test_a_draft_begins_empty():
    assert (label.LabelDraft("a").boxes, label.LabelDraft("a").points) == ((), ())


@pytest.mark.parametrize(
    "figures", [(nan, 0, 1, 1), (0, inf, 1, 1), (0, 0, -1, 1), (0, 0, 1, -0.5)]
)
def test_a_box_of_impossible_figures_is_refused_with_them_in_the_message(figures):
    with pytest.raises(ValueError, match="box with a"):
        label.Box("crack", *figures)


def test_a_box_may_be_flat_and_lie_outside_the_picture():
    assert label.Box("crack", -5, -5, 0, 3).w == 0


def test_a_box_is_no_crowd_unless_it_is_said():
    assert not label.Box("crack", 0, 0, 1, 1).crowd


def test_points_of_the_same_place_and_class_are_the_same():
    assert label.Point("crack", 1, 2) == label.Point("crack", 1.0, 2.0)


def test_a_label_that_stands_is_not_replaced():
    assert label.LabelReview("a", "label_wrong", "ok", class_name="crack").class_name == "crack"
    with pytest.raises(ValueError, match="not replaced"):
        label.LabelReview("a", "model_wrong", "ok", class_name="crack")
    with pytest.raises(ValueError, match="none of"):
        label.LabelReview("a", "maybe", "ok")


def test_a_label_is_one_text_whatever_the_order_of_its_boxes():
    boxes = (label.Box("dent", 1, 2, 3, 4), label.Box("burr", 0.04, 0, 1, 1))
    assert label.format_label("ok", ()) == "ok"
    assert label.format_label("", ()) == ""
    back = label.format_label("", boxes[::-1])
    assert label.format_label("", boxes) == back == "burr 0.0 0.0 1.0 1.0;dent 1.0 2.0 3.0 4.0"
    assert label.format_label("", (), (label.Point("dent", 1, 2),)) == "dent 1.0 2.0"


def test_a_draw_was_made_from_the_frames_of_all_its_strata():
    strata = (label.Stratum("hard", 20, 8), label.Stratum("rest", 80, 12))
    draw = label.Draw(
        1, "balanced", 0, False, 20, False, strata, (("U", 1.0),), "", "2026-01-01T00:00:00+00:00",
        False,
    )  # fmt: skip
    assert draw.n_listed == 100


def test_the_first_design_is_the_one_that_stands_for_the_whole():
    assert label.DESIGNS[0] == "balanced"


def test_a_blank_mark_says_nothing():
    assert not label.ReviewRequest("a").person
    assert not label.ReviewRequest("a").expert


def test_a_frame_comes_once_a_round():
    assert label.Repeat("a", 1, 0, "same").repeat_id != label.Repeat("a", 2, 0, "same").repeat_id
    assert label.Repeat("a", 1, 0, "same").repeat_id == label.Repeat("a", 1, 9, "other").repeat_id


def test_an_item_without_class_and_boxes_says_that_there_is_nothing_to_find():
    item = label.BenchmarkItem("OK/0001.png")
    assert (item.class_name, item.boxes, item.names) == ("", (), ())
    assert label.BenchmarkItem("a.png", boxes=(label.Box("part", 0, 0, 1, 1),)).names == ("part",)


def test_a_benchmark_cannot_be_changed_after_it_was_read():
    benchmark = label.Benchmark("/set", "csv", 0.97, ("a",), (label.BenchmarkItem("1.png", "a"),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        benchmark.claimed = 1.0


@pytest.mark.parametrize("kind", ["clean", "damaged", "collected"])
def test_every_kind_has_a_name_and_every_reason_words(kind):
    with language.use_language("en"):
        empty = label.EvaluationSet(kind, "", 0, Estimate.not_measured("no_set"))
        assert get_evaluation_set_name(empty)
        said = {
            describe_missing_score(label.EvaluationSet(kind, "", 0, Estimate.not_measured(note)))
            for note in ("no_set", "gone", "not_run", "other")
        }
    assert len(said) == 4
