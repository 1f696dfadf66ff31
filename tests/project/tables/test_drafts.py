from fieldcheck.domain.label import Box, LabelDraft, Point
from fieldcheck.project import undo
from fieldcheck.project.tables import labels


def test_a_draft_comes_back_until_it_is_accepted(db):
    draft = LabelDraft("a", (Box("dent", 1, 2, 3, 4, truncated=True),), (Point("tip", 1, 2),))
    undo.apply_edit(db, "draft.box", [labels.make_draft_row(draft)])
    assert labels.list_drafts(db) == {"a": draft}
    undo.apply_edit(db, "label.set", deletes=[labels.make_draft_key("a")])
    assert labels.list_drafts(db) == {}
