from fieldcheck.project.tables import run_providers, runs
from tests.project.made import run


def test_a_run_knows_where_it_was_computed_once_for_each_place(db):
    runs.put(db, run("a"))
    runs.put(db, run("b", model_sha256="other"))
    for run_id, provider in (("a", "cuda"), ("a", "cpu"), ("a", "cpu"), ("b", "coreml")):
        run_providers.put(db, run_id, provider)
    assert run_providers.of(db, "a") == ("cpu", "cuda")
    assert run_providers.of(db, "none") == ()
    assert run_providers.of_model(db, "net-hash") == ("cpu", "cuda")
