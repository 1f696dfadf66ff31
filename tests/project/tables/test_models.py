import sqlite3
from dataclasses import replace

import pytest
from sqlite_utils import Database

from fieldcheck.project import migrations
from fieldcheck.project.tables import models
from tests.project.made import benchmark, model


def test_models_come_back_oldest_first(db):
    assert models.get_newest_model(db) is None
    for name in ("z", "a"):
        models.put_model(db, model(name))
    assert models.list_models(db) == (model("z"), model("a"))
    assert models.get_newest_model(db) == model("a")
    assert models.get_model(db, "z") == model("z")
    assert models.get_model(db, "nobody") is None


def test_the_same_model_again_adds_nothing(db):
    models.put_model(db, model())
    models.put_model(db, replace(model(), added="later"))
    assert models.list_models(db) == (model(),)


def test_another_model_of_the_same_name_is_refused(db):
    models.put_model(db, model())
    with pytest.raises(sqlite3.IntegrityError):
        models.put_model(db, replace(model(), sha256="other"))


def test_there_is_no_benchmark_at_first(db):
    assert models.get_benchmark(db) is None


def test_a_benchmark_comes_back_with_all_its_items_in_order(db):
    models.put_benchmark(db, benchmark())
    assert models.get_benchmark(db) == benchmark()


def test_the_newest_benchmark_counts_and_the_same_again_adds_nothing(db):
    other = replace(benchmark("/other"), claimed=None, items=benchmark().items[::-1])
    for one in (benchmark(), other, other):
        models.put_benchmark(db, one)
    assert models.get_benchmark(db) == other
    assert db.execute("SELECT count(*) FROM benchmark").fetchone()[0] == 2


def test_the_newest_of_a_kind_about_a_thing_counts_and_the_older_ones_stay():
    db = Database(memory=True)
    migrations.migrate_database(db, "0.1.0")
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
    migrations.migrate_database(db, "0.1.0")
    for about in ("day", "day\nleft", "day2"):
        for figure in (1, 2):
            models.replace_fact(db, "shift", "m", "c", about, figure, "2026-03-01")
    expected = (("day", 2), ("day\nleft", 2), ("day2", 2))
    assert models.list_facts_of_model(db, "shift", "m", "c") == expected
    models.remove_fact(db, "shift", "m", "c", "day")
    assert models.list_facts_of_model(db, "shift", "m", "c") == (("day2", 2),)
    db.close()
