from fieldcheck.project import edits
from fieldcheck.project.tables import tags


def test_tags_come_back_sorted_and_once(db):
    edits.apply(db, "tag.set", [tags.row("a", ["oily", "dark", "oily"]), tags.row("benchmark:ok/1.jpg", ["check"])])
    assert tags.of(db, "a") == ("dark", "oily")
    assert tags.of(db, "b") == ()
    assert tags.all(db) == {"a": ("dark", "oily"), "benchmark:ok/1.jpg": ("check",)}


def test_tags_are_taken_away_and_come_back(db):
    edits.apply(db, "tag.set", [tags.row("a", ["oily"])])
    edits.apply(db, "tag.set", deletes=[tags.key("a")])
    assert tags.all(db) == {}
    edits.undo(db)
    assert tags.of(db, "a") == ("oily",)
