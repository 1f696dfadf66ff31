from sqlite_utils import Database

from fieldcheck.project import migrate
from fieldcheck.project.tables import model_facts


def test_the_newest_of_a_kind_about_a_thing_counts_and_the_older_ones_stay():
    db = Database(memory=True)
    migrate.migrate_database(db, "0.1.0")
    assert model_facts.get_newest_fact(db, "claim", "m", "c", "b") is None
    model_facts.put_fact(db, "claim", "m", "c", "b", {"guess": None}, "2026-03-01")
    model_facts.put_fact(db, "claim", "m", "c", "b", {"guess": [1, 2]}, "2026-03-02")
    model_facts.put_fact(db, "claim", "m", "other card", "b", {}, "2026-03-03")
    assert model_facts.get_newest_fact(db, "claim", "m", "c", "b") == {"guess": [1, 2]}
    assert [(one[0], one[3]) for one in model_facts.list_facts(db, "claim")] == [
        ("m", "2026-03-01"),
        ("m", "2026-03-02"),
        ("m", "2026-03-03"),
    ]
    assert model_facts.list_facts(db, "else") == ()
    db.close()


def test_facts_that_come_every_day_are_replaced_and_forgotten_with_their_parts():
    db = Database(memory=True)
    migrate.migrate_database(db, "0.1.0")
    for about in ("day", "day\nleft", "day2"):
        for figure in (1, 2):
            model_facts.replace_fact(db, "shift", "m", "c", about, figure, "2026-03-01")
    assert model_facts.list_facts_of_model(db, "shift", "m", "c") == (("day", 2), ("day\nleft", 2), ("day2", 2))
    model_facts.remove_fact(db, "shift", "m", "c", "day")
    assert model_facts.list_facts_of_model(db, "shift", "m", "c") == (("day2", 2),)
    db.close()
