import numpy as np

from fieldcheck.analyses.retrain import compute_retrain_advice
from fieldcheck.analyses.similar_items import set_tags
from fieldcheck.models.evaluate import get_top_class
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model


def test_without_labels_there_is_no_advice(drawn, empty):
    assert compute_retrain_advice(drawn) is None
    assert compute_retrain_advice(empty) is None


def test_nothing_flagged_and_one_release_break_no_rule(labelled):
    found = compute_retrain_advice(labelled)
    assert (found.advice, found.alerts, found.flagged) == ("none", (), ())


def test_a_tag_on_a_wrong_frame_flags_its_class(labelled):
    side = load_field_side(labelled, find_model(labelled))
    at = int(side.at[~side.judgement.right][0])
    frame = side.picks[at].frame_id
    set_tags(labelled, [frame], add=["dark"])
    found = compute_retrain_advice(labelled)
    assert found.flagged == (side.labels[frame].class_name,)
    (confidence,) = [one for one in found.alerts if one.rule == "class_confidence"]
    k = ("red", "green", "blue").index(found.flagged[0])
    tops = [get_top_class(side.answers[line.frame.frame_id].answer) for line in side.listing]
    wanted = [sure for best, sure in tops if best == k]
    assert (confidence.figure.n, confidence.figure.value) == (len(wanted), np.median(wanted))
    assert [one.subject for one in found.alerts if one.rule == "failure_mode"] == ["dark"]


def test_masks_flag_no_class(pointed):
    assert compute_retrain_advice(pointed).flagged == ()
