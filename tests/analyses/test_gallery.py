from dataclasses import replace

from fieldcheck.analyses.failures import build_image_block, build_image_blocks, build_mark_legend
from tests.report.example_report import example_report, worst_frames


def test_a_picture_says_label_prediction_confidence_light_clip_and_local_time():
    (frame,) = worst_frames(1)
    report = example_report(clip_names={"c1": "night, 22:38"})
    shown = build_image_block(
        replace(frame, clip="c1", at="2026-11-24T22:38:00Z"), report.clip_names
    )
    assert shown.lines == (("Assigned label", "crack"), ("Prediction", "OK"))
    assert shown.small == "confidence 0.99 · dark · night, 22:38 · 2026-11-24 22:38 UTC"


def test_in_short_it_keeps_confidence_and_clip():
    (frame,) = worst_frames(1)
    expected = "confidence 0.99 · camera 1"
    assert build_image_block(frame, example_report().clip_names, short=True).small == expected


def test_the_most_confident_come_first_and_no_more_than_asked_for():
    actual = [one.small.split(" · ")[0] for one in build_image_blocks(example_report(), 2)]
    assert actual == ["confidence 0.99", "confidence 0.98"]


def test_marks_are_explained_where_there_are_any():
    plain = example_report()
    assert build_mark_legend(plain) == ()
    (said,) = build_mark_legend(
        replace(plain, worst=tuple(replace(frame, marked=True) for frame in plain.worst))
    )
    assert "Dashed: prediction." in said.text
