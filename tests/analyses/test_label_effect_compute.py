import pytest

from fieldcheck.analyses.label_noise import compute_label_effect
from fieldcheck.labels.store import LabelDecision, plan_repeats, store_repeat
from fieldcheck.project.tables import labels as labels_table
from tests import makers


def test_without_repeats_there_is_no_effect(labelled):
    assert compute_label_effect(labelled) is None


def test_two_people_who_disagree_widen_the_score(labelled):
    plan_repeats(labelled, "anna")
    first = {one.frame_id: one.class_name for one in labelled.read(labels_table.list_labels)}
    for at, one in enumerate(labelled.read(labels_table.list_repeats)):
        name = (
            first[one.frame_id]
            if at
            else next(other for other in ("red", "green") if other != first[one.frame_id])
        )
        store_repeat(labelled, one.frame_id, LabelDecision(class_name=name), "anna", makers.LATER)
    found = compute_label_effect(labelled)
    assert found.n == 20
    assert found.error.value == pytest.approx(1 - found.ceiling)
    assert found.worst.lo == pytest.approx(max(0, found.score.lo - found.error.value))
    assert found.corrected.measured
