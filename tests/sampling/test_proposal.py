from dataclasses import fields
from math import isnan

import numpy as np
import pytest

from fieldcheck.domain.frame import FrameFacts, Quality
from fieldcheck.errors.labels import FrameNotPicked, FrameUnknown, NothingPicked, PickLabelled
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines, split_clip
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import NullProgress
from fieldcheck.project import repair
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.sampling import proposal
from tests import makers

PLAIN = Quality(
    mean=120, contrast=150, clipped_low=0, clipped_high=0, sharpness=5, noise=4, backlight=-5
)


def test_picks_stand_in_time_order_whatever_the_draw_says_of_them(drawn):
    found = proposal.load_proposal(drawn)
    order = [line.frame.frame_id for line in drawn.read(list_sampling_lines)]
    places = [order.index(row.frame_id) for row in found.rows]
    assert places == sorted(places)
    actual = {row.frame_id for row in found.rows}
    assert actual == {one.frame_id for one in drawn.read(labels_table.list_picks)}
    actual = (found.n_listed, found.n_labels, found.n_clips, found.n_cameras)
    assert actual == (120, 0, len({row.clip for row in found.rows}), 1)


def test_a_row_holds_nothing_of_the_draw_or_the_model():
    kept = {one.name for one in fields(proposal.ProposedPick)}
    seen = {
        "frame_id", "clip", "clip_id", "source", "t_s", "taken_at", "camera", "location",
        "conditions", "notes", "scene",
    }  # fmt: skip
    assert kept == seen | {"taken_out", "person", "labelled"}


def test_notes_are_measured_on_the_picture_and_not_told_from_the_reason(footed):
    makers.draw(footed, 20)
    before = {row.frame_id: row.notes for row in proposal.load_proposal(footed).rows}
    makers.draw(footed, 120, design="even")
    after = {row.frame_id: row.notes for row in proposal.load_proposal(footed).rows}
    assert {name: after[name] for name in before} == before
    assert {code for notes in after.values() for code in notes} <= {
        "dark", "blur", "noise", "clipped", "low_contrast", "backlight",
    }  # fmt: skip


def test_the_darkest_frames_are_called_dark(footed):
    makers.draw(footed, 120, design="even")
    facts = footed.read(frames_table.list_frame_facts)
    quality = [
        Quality(20, 150, 0, 0, 5, 4, -5) if at % 10 == 0 else PLAIN for at in range(len(facts))
    ]
    frames = footed.read(frames_table.list_frames)
    changed = [
        FrameFacts(fact.frame_id, one, 0, 0, np.zeros(3, np.float32))
        for fact, one in zip(facts, quality, strict=True)
    ]

    def again(db):
        db["frame"].delete_where()
        frames_table.insert_frames(db, frames, changed)

    footed.write(again).result()
    dark = {frame.frame_id for at, frame in enumerate(frames) if at % 10 == 0}
    named = {row.frame_id for row in proposal.load_proposal(footed).rows if "dark" in row.notes}
    assert named == dark


def test_labels_are_counted(drawn):
    set_label(
        drawn, proposal.load_proposal(drawn).rows[0].frame_id, LabelDecision("red"),
        annotator="tester",
        now=makers.NOW,
    )  # fmt: skip
    assert proposal.load_proposal(drawn).n_labels == 1


def test_without_picks_there_is_the_list_only(footed):
    found = proposal.load_proposal(footed)
    assert (found.rows, found.draws, found.n_listed) == ((), (), 120)


def test_the_footage_is_told_clip_by_clip_and_which_borders_can_be_taken_away(footed):
    first = footed.read(list_sampling_lines)[60].frame.frame_id
    split_clip(footed, first)
    one, two = proposal.load_proposal(footed).clips
    assert (one.number, one.joins, two.number, two.joins) == (1, False, 2, True)
    assert one.seconds == pytest.approx(29.5)
    names, found = proposal.list_drawable_frames(footed)
    assert names[60] == first == found[60].frame.frame_id


def picks(project):
    return {one.frame_id: one for one in project.read(labels_table.list_picks)}


def inside(project):
    return [name for name, one in picks(project).items() if not one.taken_out]


def test_the_next_frame_of_the_same_block_takes_the_place(drawn):
    before = picks(drawn)
    gone = next(iter(before))
    taken = proposal.exclude_picks(drawn, [gone], "camera_fault", NullProgress())
    after = picks(drawn)
    (came,) = set(after) - set(before)
    assert (taken.n_out, taken.n_replaced, len(inside(drawn))) == (1, 1, len(before))
    assert after[gone].taken_out == "camera_fault"
    reserves = drawn.read(
        lambda db: labels_table.get_block_reserves(db, before[gone].draw_id, gone)
    )
    assert came == reserves[1]
    kept = ("draw_id", "stratum", "probability", "weight", "place")
    actual = [getattr(after[came], name) for name in kept]
    assert actual == [getattr(before[gone], name) for name in kept]
    assert (drawn.path / after[came].file).is_file()


def test_a_replacement_can_be_taken_out_too_until_the_block_is_empty(drawn):
    gone = next(iter(picks(drawn)))
    draw_id = picks(drawn)[gone].draw_id
    block = drawn.read(lambda db: labels_table.get_block_reserves(db, draw_id, gone))
    for at, name in enumerate(block):
        taken = proposal.exclude_picks(drawn, [name], "unusable", NullProgress())
        assert taken.n_replaced == (1 if at < len(block) - 1 else 0)
    assert all(picks(drawn)[name].taken_out for name in block)


def test_taking_out_shrinks_the_stratum_in_the_scores(drawn):
    gone = next(iter(picks(drawn)))
    proposal.exclude_picks(drawn, [gone], "other_product", NullProgress())
    name = picks(drawn)[gone].stratum
    stratum = next(one for one in load_field_side(drawn, None).scores.strata if one.name == name)
    looked_at = stratum.picked + 1
    assert stratum.out == 1
    assert stratum.counted == pytest.approx(stratum.listed * (looked_at - 1) / looked_at)


def test_putting_back_sends_the_replacement_away_and_undo_knows_both(drawn):
    before = picks(drawn)
    gone = next(iter(before))
    proposal.exclude_picks(drawn, [gone], "unusable", NullProgress())
    between = picks(drawn)
    proposal.restore_picks(drawn, [gone])
    assert picks(drawn) == before
    drawn.undo()
    assert picks(drawn) == between
    drawn.undo()
    assert picks(drawn) == before


def test_a_labelled_frame_stays(drawn):
    names = inside(drawn)
    set_label(drawn, names[0], LabelDecision("red"), "me", makers.NOW)
    with pytest.raises(PickLabelled):
        proposal.exclude_picks(drawn, [names[0]], "unusable", NullProgress())
    proposal.exclude_picks(drawn, [names[1]], "unusable", NullProgress())
    (came,) = set(inside(drawn)) - set(names)
    set_label(drawn, came, LabelDecision("red"), "me", makers.NOW)
    with pytest.raises(PickLabelled):
        proposal.restore_picks(drawn, [names[1]])
    assert len(drawn.read(labels_table.list_labels)) == 2


def test_only_picks_and_only_good_reasons(drawn):
    with pytest.raises(FrameNotPicked):
        proposal.exclude_picks(drawn, ["nobody"], "unusable", NullProgress())
    with pytest.raises(FrameNotPicked):
        proposal.restore_picks(drawn, ["nobody"])
    with pytest.raises(ValueError, match="person"):
        proposal.exclude_picks(drawn, inside(drawn)[:1], "person", NullProgress())


def test_a_frame_that_was_never_taken_out_is_not_put_back(drawn):
    before = picks(drawn)
    proposal.restore_picks(drawn, [next(iter(before))])
    assert picks(drawn) == before


def listed(project):
    return [line.frame.frame_id for line in project.read(list_sampling_lines)]


def test_what_must_be_labelled_is_kept_and_can_be_undone(footed):
    names = listed(footed)
    proposal.set_required(footed, names[:2], True)
    proposal.set_required(footed, names[1:3], True)
    assert proposal.get_required_frames(footed) == tuple(names[:3])
    proposal.set_required(footed, names[:1], False)
    assert proposal.get_required_frames(footed) == tuple(names[1:3])
    footed.undo()
    assert proposal.get_required_frames(footed) == tuple(names[:3])
    with pytest.raises(FrameUnknown):
        proposal.set_required(footed, ["nobody"], True)


def test_frames_added_after_the_draw_are_labelled_last_and_weigh_nothing(drawn):
    before = drawn.read(labels_table.list_picks)
    picked = {one.frame_id for one in before}
    new = [name for name in listed(drawn) if name not in picked][:2]
    proposal.add_extra(drawn, [*new, before[0].frame_id], NullProgress())
    after = {one.frame_id: one for one in drawn.read(labels_table.list_picks)}
    assert set(after) - picked == set(new)
    assert [after[name].place for name in new] == [len(before), len(before) + 1]
    assert (after[new[0]].stratum, after[new[0]].weight) == ("extra", 0.0)
    assert isnan(after[new[0]].probability)
    for name in new:
        set_label(drawn, name, LabelDecision("red"), "me", makers.NOW)
    assert load_field_side(drawn, None).scores.n_picked == len(before)


def test_nothing_is_added_to_no_draw(footed):
    with pytest.raises(NothingPicked):
        proposal.add_extra(footed, listed(footed)[:1], NullProgress())
    makers.draw(footed, 4)
    with pytest.raises(FrameUnknown):
        proposal.add_extra(footed, ["nobody"], NullProgress())


def test_frames_drawn_from_a_slice_have_their_chance_and_no_weight(drawn):
    picked = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    like = listed(drawn)[20:60]
    left = [name for name in like if name not in picked]
    proposal.add_extra(drawn, like, NullProgress(), count=10)
    added = [one for one in drawn.read(labels_table.list_picks) if one.stratum == "extra"]
    assert {one.frame_id for one in added} <= set(left)
    assert {(one.probability, one.weight) for one in added} == {(10 / len(left), 0.0)}
    assert len(added) == 10
    proposal.add_extra(drawn, like, NullProgress(), count=1000)
    now = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    assert set(left) <= now
    assert drawn.read(repair.find_faults) == ()


def test_frames_that_were_added_keep_their_chance_in_a_further_draw(drawn):
    """Ten of the frames that a draw left are added, then all that is left is drawn: the added ones
    are in it, with the weight of all others and with their labels."""
    makers.label_all(drawn)
    picked = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    left = [name for name in listed(drawn) if name not in picked]
    proposal.add_extra(drawn, left, NullProgress(), count=10)
    added = {one.frame_id for one in drawn.read(labels_table.list_picks)} - picked
    labelled = min(added)
    set_label(drawn, labelled, LabelDecision("red"), "me", makers.NOW)
    makers.draw(drawn, len(left))
    picks = {one.frame_id: one for one in drawn.read(labels_table.list_picks)}
    assert len(picks) == 120
    assert {one.weight for one in picks.values()} == {1.0}
    assert labelled in {label.frame_id for label in drawn.read(labels_table.list_labels)}
