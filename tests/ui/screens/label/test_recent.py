from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.ui.screens.label.recent import RecentClasses

MANY = [f"class {at}" for at in range(40)]


def test_few_classes_all_have_a_key_and_keep_it():
    found = RecentClasses(MANY[:14])
    assert (found.keyed, found.many, found.used("class 13")) == (MANY[:14], False, False)


def test_of_many_the_nine_used_last_have_a_digit():
    found = RecentClasses(MANY)
    found.used("class 0")
    assert found.used("class 30")
    assert found.place("class 30") == 1  # class 1 was used longest ago
    assert found.place("class 0") == 0
    assert found.place("class 1") == -1


@given(st.lists(st.sampled_from(MANY), max_size=60))
def test_a_digit_changes_its_class_only_when_that_was_not_used_for_longest(used):
    found = RecentClasses(MANY)
    for name in used:
        before = list(found.keyed)
        changed = found.used(name)
        assert sum(a != b for a, b in zip(before, found.keyed, strict=True)) == int(changed)
        assert name in found.keyed
    assert set(list(dict.fromkeys(reversed(used)))[:9]) <= set(found.keyed)
