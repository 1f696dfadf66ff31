from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.label import LabelDraft
from fieldcheck.project import edits
from fieldcheck.project.tables import drafts


def test_a_draft_comes_back_until_it_is_accepted(db):
    draft = LabelDraft("a", (Box("dent", 1, 2, 3, 4, truncated=True),), (Point("tip", 1, 2),))
    edits.apply(db, "draft.box", [drafts.row(draft)])
    assert drafts.all(db) == {"a": draft}
    edits.apply(db, "label.set", deletes=[drafts.key("a")])
    assert drafts.all(db) == {}
