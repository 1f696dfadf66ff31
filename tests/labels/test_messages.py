import inspect
import re

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Box, Label, Point
from fieldcheck.i18n import language
from fieldcheck.labels import messages
from fieldcheck.labels.formats import (
    coco_fiftyone,
    cvat,
    label_studio,
    labelme,
    mvtec_mask_folder,
    registry,
)
from fieldcheck.stats.wilson_interval import estimate_wilson


def test_labels_from_a_file_are_counted():
    assert messages.describe_label_import(1, 0, ()) == "1 label imported."
    expected = "7 labels imported (7 boxes); 1 item matches no picked frame (a.png)."
    assert messages.describe_label_import(7, 7, ["a.png"]) == expected
    expected = "5 items match no picked frame (0, 1, 2 and 2 more)."
    assert expected in messages.describe_label_import(7, 7, "01234")


def test_the_state_of_labelling_is_told_class_by_class():
    expected = ("12 of 20 labelled, 3 unsure, 1 skipped.", "ok: 9", "crack: 3")
    assert messages.list_labelling_lines(20, 12, 3, 1, {"ok": 9, "crack": 3}) == expected


def test_classes_without_a_label_are_counted_and_not_listed():
    eighty = {"person": 7, **{f"c{at}": 0 for at in range(79)}}
    expected = ("person: 7", "79 classes without a label")
    assert messages.list_labelling_lines(20, 7, 0, 0, eighty)[1:] == expected
    (first,) = messages.list_import_lines("YOLO", 9, 7, eighty, "", 0, {})
    assert first.endswith(": person 7, 79 classes without a label")
    lines = messages.list_import_lines("YOLO", 9, 7, {"a": 7, "b": 0}, "", 0, {})
    assert lines[0].endswith(": a 7, b 0")


def test_an_act_is_told_with_what_can_be_taken_back():
    assert messages.describe_act("label.set", 1, 1) == "Label set: 1 frame; 1 action can be undone."
    expected = "Frames picked: 100 frames; 2 actions can be undone."
    assert messages.describe_act("pick.propose", 100, 2) == expected
    assert messages.describe_act("act.of_tomorrow", 0, 0).startswith("act.of_tomorrow: 0 frames")


def test_german_is_spoken_where_it_is_asked_for():
    with language.use_language("de"):
        expected = "Label gesetzt: 1 Bild; 1 Aktion lässt sich rückgängig machen."
        assert messages.describe_act("label.set", 1, 1) == expected


@pytest.mark.parametrize(("label", "said"), [
    (None, ""),
    (Label("a", "done", "crack"), "crack"),
    (Label("a", "unsure"), "unsure"),
    (Label("a", "skipped", why="black"), "skipped"),
    (Label("a", "done"), "empty frame"),
    (Label("a", "done", points=(Point("crack", 1, 1), Point("crack", 2, 2))), "2 points"),
    (Label("a", "done", boxes=(Box("crack", 0, 0, 5, 5),)), "1 box"),
])  # fmt: skip
def test_a_label_is_said_short(label, said):
    assert messages.format_label(label) == said


def test_what_was_turned_names_its_frame_and_what_was_said_before_and_now():
    crack, ok = Label("a", "done", "crack"), Label("a", "done", "ok")
    assert messages.describe_undo("label.set", 1, 12, (crack, ok)) == "frame 12: crack → ok"
    undone = messages.describe_undo("label.set", 1, 12, (crack, None))
    assert undone == "frame 12: crack → unlabelled"
    assert messages.describe_undo("mark.expert", 1, 3, None) == "flagged for expert, frame 3"
    undone = messages.describe_undo("label.burst", 4, None, None)
    assert undone == "rest of burst labelled, 4 frames"
    assert messages.describe_undo("site.set", 0, None, None) == "site and conditions"


def test_an_early_verdict_is_told_with_its_labels_and_its_limit():
    assert messages.list_early_verdict_lines(None, 7, 0.03) == ()
    assert messages.list_early_verdict_lines("fail", 14, 0.03) == (
        (
            "Early verdict after 14 labels, this footage: not within 3 pp of the benchmark. Label "
            "more frames to narrow the interval."
        ),
    )


def test_a_receipt_tells_what_came_in_and_each_kind_of_thing_that_did_not():
    faults = {
        "absent_parts": ("test",),
        "unlabelled": ("2.png",),
        "orphans": ("labels/9.txt",),
        "missing": ("8.png",),
        "damaged": ("1.png", "3.png", "4.png", "5.png"),
        "merged": ("car",),
    }
    said = messages.list_import_lines("yolo", 10, 9, {"car": 4, "bus": 0}, "val", 2, faults)
    assert said[0] == "9 of 10 images labelled (yolo): car 4, bus 0"
    assert said[1:3] == ("Split imported: val.", "2 polygons converted to their bounding boxes.")
    assert len(said) == 9
    assert said[7] == "4 damaged images skipped: 1.png, 3.png, 4.png and 1 more"


def test_a_set_as_it_should_be_has_one_line():
    assert len(messages.list_import_lines("csv", 2, 2, {"ok": 2}, "", 0, {})) == 1


def test_every_kind_that_a_reader_or_writer_counts_has_a_sentence_of_its_own():
    counted = {
        kind
        for room in (coco_fiftyone, cvat, label_studio, labelme, mvtec_mask_folder)
        for kind in re.findall(r'losses\["(\w+)"', inspect.getsource(room))
    }
    counted |= {
        "turned",
        "masks",
        "crowd",
        "occluded",
        "truncated",
        *re.findall(r"Counter\((\w+)=", inspect.getsource(registry)),
    }
    assert len(counted) > 12
    assert len({messages.describe_loss(kind, 2) for kind in counted}) == len(counted)
    assert messages.describe_loss("unheard of", 2) == "2 labels ignored."


def test_one_is_told_as_one():
    assert messages.describe_loss("turned", 1) == "1 rotated box converted to an axis-aligned box."
    assert messages.describe_loss("crowd", 3) == "3 boxes lost their “crowd” attribute."


def test_many_boxes_are_said_in_one_line():
    assert messages.format_class_counts(("hole", "hole", "part")) == "hole ×2, part"
    assert messages.format_class_counts(()) == "empty frame"


def test_scores_stand_with_their_ranges():
    with language.use_language("en"):
        expected = "With original labels: 61% (51–70%, n = 100)"
        assert messages.describe_score_before("field", estimate_wilson(61, 100)) == expected
        expected = "With benchmark labels: 61% (51–70%, n = 100)"
        assert messages.describe_score_before("benchmark", estimate_wilson(61, 100)) == expected
        expected = "After label review, 12 reviewed: 70% (60–78%, n = 100)"
        assert messages.describe_score_after("field", estimate_wilson(70, 100), 12) == expected
        expected = "9 of 12 reviewed labels wrong (47–91%)"
        assert messages.describe_wrong_share(9, 12, estimate_wilson(9, 12)) == expected


def test_before_the_first_look_nothing_is_said_of_it():
    nothing = Estimate.not_measured("no_labels")
    with language.use_language("en"):
        assert messages.describe_score_before("field", nothing) == "No score yet."
        score = messages.describe_score_after("field", estimate_wilson(70, 100), 0)
        assert score == messages.describe_wrong_share(0, 0, nothing) == ""


def test_how_far_the_reviews_are_is_said_and_why_there_are_none():
    with language.use_language("en"):
        assert messages.describe_review_progress(5, 2, 0) == "2 of 5 disagreements reviewed."
        assert messages.describe_review_progress(0, 0, 0) == "No disagreements to review."
        assert messages.describe_review_progress(0, 0, 1) == "1 picked frame has no label yet."
