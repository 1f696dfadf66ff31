from dataclasses import replace

from fieldcheck.project.tables import runs
from tests.project.made import run


def test_a_run_comes_back_as_it_went_in_and_is_kept_once(db):
    runs.put_run(db, run())
    runs.put_run(db, replace(run(), created="later"))
    assert runs.list_all_runs(db) == (run(),)
    assert runs.get_run(db, "run1") == run()
    assert runs.get_run(db, "other") is None


def test_runs_are_found_by_model_card_and_subjects(db):
    others = (
        run("b", on="benchmark"),
        run("d", recipe="fog"),
        run("e", model_sha256="x"),
        run("f", card_sha256="x"),
    )
    for one in (run("a"), *others, run("c")):
        runs.put_run(db, one)
    assert runs.find_runs(db, "net-hash", "card-hash", "field") == (run("a"), run("c"))
    actual = runs.find_runs(db, "net-hash", "card-hash", "field", recipe="fog")
    assert actual == (run("d", recipe="fog"),)
