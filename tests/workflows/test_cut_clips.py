import pytest

from fieldcheck.errors import BorderMissing, FrameUnknown
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.workflows.cut_clips import cut_clip, join_clip
from fieldcheck.workflows.listing import lines


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
