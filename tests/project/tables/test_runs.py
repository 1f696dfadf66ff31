from dataclasses import replace

from fieldcheck.project.tables import runs
from tests.project.made import run


def test_a_run_comes_back_as_it_went_in_and_is_kept_once(db):
    runs.put(db, run())
    runs.put(db, replace(run(), created="later"))
    assert runs.all(db) == (run(),)
    assert runs.get(db, "run1") == run()
    assert runs.get(db, "other") is None


def test_runs_are_found_by_model_card_and_subjects(db):
    others = (run("b", on="benchmark"), run("d", recipe="fog"), run("e", model_sha256="x"), run("f", card_sha256="x"))
    for one in (run("a"), *others, run("c")):
        runs.put(db, one)
    assert runs.find(db, "net-hash", "card-hash", "field") == (run("a"), run("c"))
    assert runs.find(db, "net-hash", "card-hash", "field", recipe="fog") == (run("d", recipe="fog"),)
