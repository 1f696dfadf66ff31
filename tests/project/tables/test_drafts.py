from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.label import LabelDraft
from fieldcheck.project import edits
from fieldcheck.project.tables import drafts


def test_a_draft_comes_back_until_it_is_accepted(db):
    draft = LabelDraft("a", (Box("dent", 1, 2, 3, 4, truncated=True),), (Point("tip", 1, 2),))
    edits.apply_edit(db, "draft.box", [drafts.make_draft_row(draft)])
    assert drafts.list_drafts(db) == {"a": draft}
    edits.apply_edit(db, "label.set", deletes=[drafts.make_draft_key("a")])
    assert drafts.list_drafts(db) == {}
