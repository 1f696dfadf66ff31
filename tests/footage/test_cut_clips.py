import pytest

from fieldcheck.errors.labels import BorderMissing, FrameUnknown
from fieldcheck.footage.clips import (
    join_previous_clip,
    list_sampling_lines,
    move_clip_start,
    split_clip,
)
from fieldcheck.project.tables import recordings as clips_table


def clip_ids(project):
    return [line.clip.clip_id for line in project.read(list_sampling_lines)]


def test_a_clip_is_cut_at_a_frame_and_joined_again(footed):
    before = footed.read(clips_table.list_clips)
    line = footed.read(list_sampling_lines)[40]
    split_clip(footed, line.frame.frame_id)
    found = clip_ids(footed)
    assert (found[39], found[40] == found[-1]) == (before[0].clip_id, True)
    new = footed.read(list_sampling_lines)[40].clip
    actual = (new.camera, new.conditions, footed.read(list_sampling_lines)[40].t_s)
    assert actual == (before[0].camera, before[0].conditions, 0.0)
    join_previous_clip(footed, new.clip_id)
    assert footed.read(clips_table.list_clips) == before
    footed.undo()
    footed.undo()
    assert footed.read(clips_table.list_clips) == before


def test_borders_that_are_not_there_are_refused(footed):
    first = footed.read(list_sampling_lines)[0]
    with pytest.raises(BorderMissing, match="begins_here"):
        split_clip(footed, first.frame.frame_id)
    with pytest.raises(BorderMissing, match="first"):
        join_previous_clip(footed, first.clip.clip_id)
    with pytest.raises(BorderMissing):
        join_previous_clip(footed, "nobody")
    with pytest.raises(FrameUnknown):
        split_clip(footed, "nobody")


def test_a_border_is_moved_both_ways_as_one_act_that_can_be_undone(footed):
    split_clip(footed, footed.read(list_sampling_lines)[40].frame.frame_id)
    before = footed.read(clips_table.list_clips)
    first, second = before
    move_clip_start(
        footed, second.clip_id, first.clip_id, footed.read(list_sampling_lines)[30].t_s + 0.1
    )
    found = clip_ids(footed)
    assert (found.index(found[-1]), found[29]) == (30, first.clip_id)
    later = footed.read(clips_table.list_clips)[1]
    assert (later.camera, later.conditions, later.start_s) == (
        second.camera,
        second.conditions,
        footed.read(list_sampling_lines)[30].frame.t_s,
    )
    move_clip_start(footed, later.clip_id, later.clip_id, 10.0)
    assert clip_ids(footed).index(clip_ids(footed)[-1]) == 50
    footed.undo()
    footed.undo()
    assert footed.read(clips_table.list_clips) == before


def test_a_border_stays_between_its_clips_and_leaves_a_frame_to_each(footed):
    every = footed.read(list_sampling_lines)
    split_clip(footed, every[40].frame.frame_id)
    split_clip(footed, every[80].frame.frame_id)
    second = footed.read(clips_table.list_clips)[1]
    move_clip_start(footed, second.clip_id, second.clip_id, 1e6)
    found = clip_ids(footed)
    assert (found.count(found[0]), found[79] != found[80]) == (79, True)
    moved = footed.read(clips_table.list_clips)[1]
    move_clip_start(footed, moved.clip_id, moved.clip_id, -1e6)
    assert clip_ids(footed).count(found[0]) == 1


def test_a_border_that_is_not_there_or_not_moved_is_refused(footed):
    split_clip(footed, footed.read(list_sampling_lines)[40].frame.frame_id)
    first, second = footed.read(clips_table.list_clips)
    for name, why in (
        (first.clip_id, "first"),
        ("nobody", "first"),
        (second.clip_id, "begins_here"),
    ):
        with pytest.raises(BorderMissing, match=why):
            move_clip_start(footed, name, name, 0.01)
