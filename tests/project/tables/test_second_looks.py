import pytest

from fieldcheck.domain.label import Box, LabelReview
from fieldcheck.project import undo
from fieldcheck.project.tables import labels


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
    undo.apply_edit(db, "second_look.set", [labels.make_label_review_row(look)])
    assert labels.list_label_reviews(db) == {look.subject: look}
    undo.undo_edit(db)
    assert labels.list_label_reviews(db) == {}
    undo.redo_edit(db)
    undo.apply_edit(db, "second_look.clear", deletes=[labels.make_label_review_key(look.subject)])
    assert labels.list_label_reviews(db) == {}
