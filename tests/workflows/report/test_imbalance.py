from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.report.imbalance import facts_of
from fieldcheck.workflows.report.two_sides import field_side


def test_every_labelled_frame_of_the_draw_is_in_one_group(labelled):
    found, side = facts_of(labelled), field_side(labelled, find_model(labelled))
    assert sum(group.n for group in found.groups) == side.at.size
    assert sum(group.wrong for group in found.groups) == int((~side.judgement.right).sum())
    assert sum(group.share for group in found.groups) == 1.0


def test_without_a_label_or_a_class_there_is_nothing_to_group(drawn, pointed):
    assert facts_of(drawn) is None
    assert facts_of(pointed) is None
