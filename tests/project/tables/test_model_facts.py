from sqlite_utils import Database

from fieldcheck.project import schema
from fieldcheck.project.tables import models


def test_the_newest_of_a_kind_about_a_thing_counts_and_the_older_ones_stay():
    db = Database(memory=True)
    schema.migrate_database(db, "0.1.0")
    assert models.get_newest_fact(db, "claim", "m", "c", "b") is None
    models.put_fact(db, "claim", "m", "c", "b", {"guess": None}, "2026-03-01")
    models.put_fact(db, "claim", "m", "c", "b", {"guess": [1, 2]}, "2026-03-02")
    models.put_fact(db, "claim", "m", "other card", "b", {}, "2026-03-03")
    assert models.get_newest_fact(db, "claim", "m", "c", "b") == {"guess": [1, 2]}
    expected = [("m", "2026-03-01"), ("m", "2026-03-02"), ("m", "2026-03-03")]
    assert [(one[0], one[3]) for one in models.list_facts(db, "claim")] == expected
    assert models.list_facts(db, "else") == ()
    db.close()


def test_facts_that_come_every_day_are_replaced_and_forgotten_with_their_parts():
    db = Database(memory=True)
    schema.migrate_database(db, "0.1.0")
    for about in ("day", "day\nleft", "day2"):
        for figure in (1, 2):
            models.replace_fact(db, "shift", "m", "c", about, figure, "2026-03-01")
    expected = (("day", 2), ("day\nleft", 2), ("day2", 2))
    assert models.list_facts_of_model(db, "shift", "m", "c") == expected
    models.remove_fact(db, "shift", "m", "c", "day")
    assert models.list_facts_of_model(db, "shift", "m", "c") == (("day2", 2),)
    db.close()
