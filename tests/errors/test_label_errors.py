from pathlib import Path

from fieldcheck.errors.label_messages import LABEL_ERRORS
from fieldcheck.errors.labels import BenchmarkRefused, LabelsRefused, NothingLeftToPick
from fieldcheck.errors.message_format import use_audience


def said(error):
    return LABEL_ERRORS[type(error)](error)


def test_nothing_of_a_refused_file_was_stored():
    told = said(LabelsRefused(Path("labels.csv"), "unknown_class", "zebra"))
    assert told == (
        "labels.csv contains a class unknown to the model (zebra). Nothing was imported. "
        "Correct the class name."
    )


def test_a_set_that_can_be_read_in_two_ways_names_both():
    assert "(voc, coco)" in said(BenchmarkRefused(Path("set"), "several", "voc, coco"))


def test_one_clip_and_several_have_forms_of_their_own():
    assert "the only clip already has picked frames." in said(NothingLeftToPick(1))
    assert "all 8 clips already have picked frames." in said(NothingLeftToPick(8))


def test_a_file_that_cannot_be_read_says_why_where_and_what_to_do():
    assert said(LabelsRefused(Path("a.xml"), "malformed", "img0.jpg", "class_name")) == (
        "a.xml is not readable as labels: a class name is missing or unusable (img0.jpg). "
        "Nothing was imported. Enter the class name."
    )
    expected = "damaged. Nothing was changed."
    assert expected in said(BenchmarkRefused(Path("set/a.json"), "malformed", "a.json", "json"))


def test_a_format_that_is_not_read_is_named_with_what_to_export():
    assert said(LabelsRefused(Path("set"), "other_format", "KITTI", "COCO")) == (
        "set has the unsupported format KITTI. Nothing was imported. Export the labels as COCO."
    )


def test_the_option_for_a_part_is_named_on_the_terminal_alone():
    for error in (
        LabelsRefused(Path("set"), "no_part", "train: 3"),
        BenchmarkRefused(Path("set"), "no_part", "train: 3"),
    ):
        with use_audience("terminal"):
            assert "Choose one of its parts (`--part PART`), or specify none." in said(error)
        with use_audience("window"):
            assert "Choose one of its parts, or specify none." in said(error)


def test_what_to_type_stands_in_one_pair_of_brackets():
    with use_audience("terminal"):
        expected = " (`--images FOLDER`)."
        assert said(BenchmarkRefused(Path("set"), "no_pictures", "1.png")).endswith(expected)
        expected = "(train: 3, val: 1). Nothing"
        assert expected in said(BenchmarkRefused(Path("set"), "part", "train: 3, val: 1"))
        expected = " (`--part PART`),"
        assert expected in said(BenchmarkRefused(Path("set"), "part", "train: 3, val: 1"))
    assert "`" not in said(BenchmarkRefused(Path("set"), "no_pictures", "1.png"))
