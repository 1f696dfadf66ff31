from dataclasses import replace

from fieldcheck.project.tables import models
from tests.project.made import benchmark


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
