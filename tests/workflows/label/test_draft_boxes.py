import pytest

from fieldcheck.domain.box import Box
from fieldcheck.domain.label import LabelDraft
from fieldcheck.errors import FrameNotPicked
from fieldcheck.project.tables import drafts as drafts_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.label.draft_boxes import keep_draft


def test_each_stroke_is_one_act_and_undo_takes_one_back(drawn):
    name = drawn.read(picks_table.all)[0].frame_id
    one, two = Box("red", 1, 2, 3, 4), Box("red", 5, 6, 7, 8)
    assert keep_draft(drawn, LabelDraft(name, (one,)), "draw").act == "draft.draw"
    keep_draft(drawn, LabelDraft(name, (one, two)), "draw")
    drawn.undo()
    assert drawn.read(drafts_table.all)[name].boxes == (one,)
    drawn.undo()
    assert drawn.read(drafts_table.all) == {}


def test_only_picked_frames_are_drawn_on_and_only_known_strokes_kept(drawn):
    with pytest.raises(FrameNotPicked):
        keep_draft(drawn, LabelDraft("nobody"), "draw")
    with pytest.raises(ValueError, match="scribble"):
        keep_draft(drawn, LabelDraft("nobody"), "scribble")
