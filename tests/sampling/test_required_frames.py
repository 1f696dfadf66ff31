from math import isnan

import pytest

from fieldcheck.errors.labels import FrameUnknown, NothingPicked
from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.sampling.proposal import add_extra, get_required_frames, set_required
from tests import makers


def listed(project):
    return [line.frame.frame_id for line in project.read(list_sampling_lines)]


def test_what_must_be_labelled_is_kept_and_can_be_undone(footed):
    names = listed(footed)
    set_required(footed, names[:2], True)
    set_required(footed, names[1:3], True)
    assert get_required_frames(footed) == tuple(names[:3])
    set_required(footed, names[:1], False)
    assert get_required_frames(footed) == tuple(names[1:3])
    footed.undo()
    assert get_required_frames(footed) == tuple(names[:3])
    with pytest.raises(FrameUnknown):
        set_required(footed, ["nobody"], True)


def test_frames_added_after_the_draw_are_labelled_last_and_weigh_nothing(drawn):
    before = drawn.read(picks_table.list_picks)
    picked = {one.frame_id for one in before}
    new = [name for name in listed(drawn) if name not in picked][:2]
    add_extra(drawn, [*new, before[0].frame_id], NullProgress())
    after = {one.frame_id: one for one in drawn.read(picks_table.list_picks)}
    assert set(after) - picked == set(new)
    assert [after[name].place for name in new] == [len(before), len(before) + 1]
    assert (after[new[0]].stratum, after[new[0]].weight) == ("extra", 0.0)
    assert isnan(after[new[0]].probability)
    for name in new:
        set_label(drawn, name, LabelDecision("red"), "me", makers.NOW)
    assert load_field_side(drawn, None).scores.n_picked == len(before)


def test_nothing_is_added_to_no_draw(footed):
    with pytest.raises(NothingPicked):
        add_extra(footed, listed(footed)[:1], NullProgress())
    makers.draw(footed, 4)
    with pytest.raises(FrameUnknown):
        add_extra(footed, ["nobody"], NullProgress())
