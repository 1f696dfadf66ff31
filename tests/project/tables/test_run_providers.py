from fieldcheck.project.tables import runs
from fieldcheck.project.tables import runs as run_providers
from tests.project.made import run


def test_a_run_knows_where_it_was_computed_once_for_each_place(db):
    runs.put_run(db, run("a"))
    runs.put_run(db, run("b", model_sha256="other"))
    for run_id, provider in (("a", "cuda"), ("a", "cpu"), ("a", "cpu"), ("b", "coreml")):
        run_providers.put_run_provider(db, run_id, provider)
    assert run_providers.get_run_providers(db, "a") == ("cpu", "cuda")
    assert run_providers.get_run_providers(db, "none") == ()
    assert run_providers.get_providers_of_model(db, "net-hash") == ("cpu", "cuda")
