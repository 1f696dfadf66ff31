from importlib import import_module

import pytest

from fieldcheck.corruptions.catalogue import ENTRIES
from fieldcheck.imaging.quality import NAMES

OF_PICTURES = {*NAMES, "grain", "row_waves", "row_steps", "block_steps", "unevenness", "one_level"}


def test_every_entry_has_a_name_of_its_own_and_stands_with_those_of_its_cause():
    names, causes = [one.name for one in ENTRIES], [one.cause for one in ENTRIES]
    assert len(set(names)) == len(names)
    assert causes == sorted(causes, key=list(dict.fromkeys(causes)).index)


def test_the_digits_are_given_once_and_none_is_left_out():
    digits = sorted(one.shown_first for one in ENTRIES if one.shown_first)
    assert digits == list(range(1, 10))


@pytest.mark.parametrize("entry", ENTRIES, ids=[one.name for one in ENTRIES])
def test_the_class_of_an_entry_stands_in_the_module_of_its_cause(entry):
    made = getattr(
        import_module(f"fieldcheck.corruptions.transforms.{entry.cause}"), entry.transform
    )
    assert f"{made.__module__}.{made.__name__}" == f"fieldcheck_transforms.{entry.transform}"


@pytest.mark.parametrize("entry", ENTRIES, ids=[one.name for one in ENTRIES])
def test_what_an_entry_moves_is_measured_of_pictures(entry):
    assert entry.expected_effect is None or entry.expected_effect.statistic in OF_PICTURES
