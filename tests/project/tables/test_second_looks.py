import pytest

from fieldcheck.domain.box import Box
from fieldcheck.domain.label_review import LabelReview
from fieldcheck.project import edits
from fieldcheck.project.tables import second_looks


@pytest.mark.parametrize(
    "look",
    [
        LabelReview("a", "model_wrong", "ok", by="me", at="2026-03-01T08:00:00+00:00"),
        LabelReview("a", "label_wrong", "ok", class_name="crack"),
        LabelReview("benchmark:ok/1.jpg", "label_wrong", "", boxes=(Box("dent", 1, 2, 3, 4),)),
        LabelReview("a", "cannot_tell", "ok"),
    ],
)
def test_a_second_look_comes_back_as_it_was_said_and_can_be_undone(db, look):
    edits.apply_edit(db, "second_look.set", [second_looks.make_label_review_row(look)])
    assert second_looks.list_label_reviews(db) == {look.subject: look}
    edits.undo_edit(db)
    assert second_looks.list_label_reviews(db) == {}
    edits.redo_edit(db)
    edits.apply_edit(db, "second_look.clear", deletes=[second_looks.make_label_review_key(look.subject)])
    assert second_looks.list_label_reviews(db) == {}
