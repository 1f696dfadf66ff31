import pytest

from fieldcheck.errors.labels import ClassUnknown
from fieldcheck.labels.classes import get_ok_classes, set_ok_classes


def test_nothing_is_proposed_for_names_that_do_not_tell(labelled):
    assert get_ok_classes(labelled) == ((), False)


def test_what_was_said_stands_until_it_is_taken_back(labelled):
    set_ok_classes(labelled, ["green"])
    assert get_ok_classes(labelled) == (("green",), True)
    labelled.undo()
    assert get_ok_classes(labelled) == ((), False)


def test_a_class_that_the_project_does_not_have_is_refused(labelled):
    with pytest.raises(ClassUnknown):
        set_ok_classes(labelled, ["brown"])
