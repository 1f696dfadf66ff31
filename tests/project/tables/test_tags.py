from fieldcheck.project import edits
from fieldcheck.project.tables import tags


def test_tags_come_back_sorted_and_once(db):
    edits.apply_edit(
        db, "tag.set", [tags.make_tags_row("a", ["oily", "dark", "oily"]), tags.make_tags_row("benchmark:ok/1.jpg", ["check"])]
    )
    assert tags.get_tags(db, "a") == ("dark", "oily")
    assert tags.get_tags(db, "b") == ()
    assert tags.list_tags(db) == {"a": ("dark", "oily"), "benchmark:ok/1.jpg": ("check",)}


def test_tags_are_taken_away_and_come_back(db):
    edits.apply_edit(db, "tag.set", [tags.make_tags_row("a", ["oily"])])
    edits.apply_edit(db, "tag.set", deletes=[tags.make_tags_key("a")])
    assert tags.list_tags(db) == {}
    edits.undo_edit(db)
    assert tags.get_tags(db, "a") == ("oily",)
