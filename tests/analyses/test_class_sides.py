from dataclasses import fields

from fieldcheck.analyses.shared_classes import ClassSides


def test_both_scores_have_two_sides_and_a_change():
    names = {one.name for one in fields(ClassSides)}
    assert {
        f"{score}_{part}"
        for score in ("recall", "precision")
        for part in ("benchmark", "field", "change")
    } <= names
