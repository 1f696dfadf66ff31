from pathlib import Path

from fieldcheck.errors import BenchmarkRefused, LabelsRefused, NothingLeftToPick
from fieldcheck.words.label_errors import LABEL_ERRORS


def said(error):
    return LABEL_ERRORS[type(error)](error)


def test_nothing_of_a_refused_file_was_stored():
    told = said(LabelsRefused(Path("labels.csv"), "unknown_class", "zebra"))
    assert told == "labels.csv names a class that the model does not have (zebra); nothing was stored: correct the class."


def test_a_set_that_can_be_read_in_two_ways_names_both():
    assert "(voc, coco)" in said(BenchmarkRefused(Path("set"), "several", "voc, coco"))


def test_one_clip_and_several_have_forms_of_their_own():
    assert "the only clip is" in said(NothingLeftToPick(1))
    assert "all 8 clips are" in said(NothingLeftToPick(8))
