from fieldcheck.project import undo
from fieldcheck.project.tables import labels


def test_tags_come_back_sorted_and_once(db):
    undo.apply_edit(
        db,
        "tag.set",
        [
            labels.make_tags_row("a", ["oily", "dark", "oily"]),
            labels.make_tags_row("benchmark:ok/1.jpg", ["check"]),
        ],
    )
    assert labels.get_tags(db, "a") == ("dark", "oily")
    assert labels.get_tags(db, "b") == ()
    assert labels.list_tags(db) == {"a": ("dark", "oily"), "benchmark:ok/1.jpg": ("check",)}


def test_tags_are_taken_away_and_come_back(db):
    undo.apply_edit(db, "tag.set", [labels.make_tags_row("a", ["oily"])])
    undo.apply_edit(db, "tag.set", deletes=[labels.make_tags_key("a")])
    assert labels.list_tags(db) == {}
    undo.undo_edit(db)
    assert labels.get_tags(db, "a") == ("oily",)
