from fieldcheck.analyses.imbalance import compute_imbalance
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model


def test_every_labelled_frame_of_the_draw_is_in_one_group(labelled):
    found, side = compute_imbalance(labelled), load_field_side(labelled, find_model(labelled))
    assert sum(group.n for group in found.groups) == side.at.size
    assert sum(group.wrong for group in found.groups) == int((~side.judgement.right).sum())
    assert sum(group.share for group in found.groups) == 1.0


def test_without_a_label_or_a_class_there_is_nothing_to_group(drawn, pointed):
    assert compute_imbalance(drawn) is None
    assert compute_imbalance(pointed) is None
