import pytest

from fieldcheck.errors.labels import FrameNotPicked, PickLabelled
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.sampling.proposal import exclude_picks, restore_picks
from tests import makers


def picks(project):
    return {one.frame_id: one for one in project.read(labels_table.list_picks)}


def inside(project):
    return [name for name, one in picks(project).items() if not one.taken_out]


def test_the_next_frame_of_the_same_block_takes_the_place(drawn):
    before = picks(drawn)
    gone = next(iter(before))
    taken = exclude_picks(drawn, [gone], "camera_fault", NullProgress())
    after = picks(drawn)
    (came,) = set(after) - set(before)
    assert (taken.n_out, taken.n_replaced, len(inside(drawn))) == (1, 1, len(before))
    assert after[gone].taken_out == "camera_fault"
    assert (
        came
        == drawn.read(lambda db: labels_table.get_block_reserves(db, before[gone].draw_id, gone))[1]
    )
    kept = ("draw_id", "stratum", "probability", "weight", "place")
    actual = [getattr(after[came], name) for name in kept]
    assert actual == [getattr(before[gone], name) for name in kept]
    assert (drawn.path / after[came].file).is_file()


def test_a_replacement_can_be_taken_out_too_until_the_block_is_empty(drawn):
    gone = next(iter(picks(drawn)))
    draw_id = picks(drawn)[gone].draw_id
    block = drawn.read(lambda db: labels_table.get_block_reserves(db, draw_id, gone))
    for at, name in enumerate(block):
        taken = exclude_picks(drawn, [name], "unusable", NullProgress())
        assert taken.n_replaced == (1 if at < len(block) - 1 else 0)
    assert all(picks(drawn)[name].taken_out for name in block)


def test_taking_out_shrinks_the_stratum_in_the_scores(drawn):
    gone = next(iter(picks(drawn)))
    exclude_picks(drawn, [gone], "other_product", NullProgress())
    name = picks(drawn)[gone].stratum
    stratum = next(one for one in load_field_side(drawn, None).scores.strata if one.name == name)
    looked_at = stratum.picked + 1
    assert stratum.out == 1
    assert stratum.counted == pytest.approx(stratum.listed * (looked_at - 1) / looked_at)


def test_putting_back_sends_the_replacement_away_and_undo_knows_both(drawn):
    before = picks(drawn)
    gone = next(iter(before))
    exclude_picks(drawn, [gone], "unusable", NullProgress())
    between = picks(drawn)
    restore_picks(drawn, [gone])
    assert picks(drawn) == before
    drawn.undo()
    assert picks(drawn) == between
    drawn.undo()
    assert picks(drawn) == before


def test_a_labelled_frame_stays(drawn):
    names = inside(drawn)
    set_label(drawn, names[0], LabelDecision("red"), "me", makers.NOW)
    with pytest.raises(PickLabelled):
        exclude_picks(drawn, [names[0]], "unusable", NullProgress())
    exclude_picks(drawn, [names[1]], "unusable", NullProgress())
    (came,) = set(inside(drawn)) - set(names)
    set_label(drawn, came, LabelDecision("red"), "me", makers.NOW)
    with pytest.raises(PickLabelled):
        restore_picks(drawn, [names[1]])
    assert len(drawn.read(labels_table.list_labels)) == 2


def test_only_picks_and_only_good_reasons(drawn):
    with pytest.raises(FrameNotPicked):
        exclude_picks(drawn, ["nobody"], "unusable", NullProgress())
    with pytest.raises(FrameNotPicked):
        restore_picks(drawn, ["nobody"])
    with pytest.raises(ValueError, match="person"):
        exclude_picks(drawn, inside(drawn)[:1], "person", NullProgress())


def test_a_frame_that_was_never_taken_out_is_not_put_back(drawn):
    before = picks(drawn)
    restore_picks(drawn, [next(iter(before))])
    assert picks(drawn) == before
