import pytest

from fieldcheck.errors import BorderMissing, FrameUnknown
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.workflows.footage.cut_clips import cut_clip, join_clip, move_border
from fieldcheck.workflows.footage.sampling_list import lines


def clip_ids(project):
    return [line.clip.clip_id for line in project.read(lines)]


def test_a_clip_is_cut_at_a_frame_and_joined_again(footed):
    before = footed.read(clips_table.all)
    line = footed.read(lines)[40]
    cut_clip(footed, line.frame.frame_id)
    found = clip_ids(footed)
    assert (found[39], found[40] == found[-1]) == (before[0].clip_id, True)
    new = footed.read(lines)[40].clip
    assert (new.camera, new.conditions, footed.read(lines)[40].t_s) == (before[0].camera, before[0].conditions, 0.0)
    join_clip(footed, new.clip_id)
    assert footed.read(clips_table.all) == before
    footed.undo()
    footed.undo()
    assert footed.read(clips_table.all) == before


def test_borders_that_are_not_there_are_refused(footed):
    first = footed.read(lines)[0]
    with pytest.raises(BorderMissing, match="begins_here"):
        cut_clip(footed, first.frame.frame_id)
    with pytest.raises(BorderMissing, match="first"):
        join_clip(footed, first.clip.clip_id)
    with pytest.raises(BorderMissing):
        join_clip(footed, "nobody")
    with pytest.raises(FrameUnknown):
        cut_clip(footed, "nobody")


def test_a_border_is_moved_both_ways_as_one_act_that_can_be_undone(footed):
    cut_clip(footed, footed.read(lines)[40].frame.frame_id)
    before = footed.read(clips_table.all)
    first, second = before
    move_border(footed, second.clip_id, first.clip_id, footed.read(lines)[30].t_s + 0.1)
    found = clip_ids(footed)
    assert (found.index(found[-1]), found[29]) == (30, first.clip_id)
    later = footed.read(clips_table.all)[1]
    assert (later.camera, later.conditions, later.start_s) == (second.camera, second.conditions, footed.read(lines)[30].frame.t_s)
    move_border(footed, later.clip_id, later.clip_id, 10.0)
    assert clip_ids(footed).index(clip_ids(footed)[-1]) == 50
    footed.undo()
    footed.undo()
    assert footed.read(clips_table.all) == before


def test_a_border_stays_between_its_clips_and_leaves_a_frame_to_each(footed):
    every = footed.read(lines)
    cut_clip(footed, every[40].frame.frame_id)
    cut_clip(footed, every[80].frame.frame_id)
    second = footed.read(clips_table.all)[1]
    move_border(footed, second.clip_id, second.clip_id, 1e6)
    found = clip_ids(footed)
    assert (found.count(found[0]), found[79] != found[80]) == (79, True)
    moved = footed.read(clips_table.all)[1]
    move_border(footed, moved.clip_id, moved.clip_id, -1e6)
    assert clip_ids(footed).count(found[0]) == 1


def test_a_border_that_is_not_there_or_not_moved_is_refused(footed):
    cut_clip(footed, footed.read(lines)[40].frame.frame_id)
    first, second = footed.read(clips_table.all)
    for name, why in ((first.clip_id, "first"), ("nobody", "first"), (second.clip_id, "begins_here")):
        with pytest.raises(BorderMissing, match=why):
            move_border(footed, name, name, 0.01)
