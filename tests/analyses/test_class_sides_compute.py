import pytest

from fieldcheck.analyses.shared_classes import compute_class_sides


def test_each_class_of_a_classifier_has_both_sides(labelled):
    found = compute_class_sides(labelled)
    assert {row.name for row in found} == {"red", "green", "blue"}
    assert sum(row.n_benchmark for row in found) == 18
    for row in found:
        actual = row.recall_change.value
        assert actual == pytest.approx(row.recall_field.value - row.recall_benchmark.value)


def test_without_labels_there_is_nothing_to_compare(drawn):
    assert compute_class_sides(drawn) is None
