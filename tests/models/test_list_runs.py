from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.models.runs_mlflow import list_runs
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import runs as runs_table
from tests import makers


def test_the_newest_runs_come_first_and_a_page_at_a_time(labelled):
    run_sweep(labelled, SweepRequest(("dark",), (3.0,), ("footage",)), NullProgress(), makers.NOW)
    n, lines = list_runs(labelled)
    assert n == len(lines) == 4
    actual = [line.run.run_id for line in lines]
    assert actual == [run.run_id for run in reversed(labelled.read(runs_table.list_all_runs))]
    assert {(line.run.on, line.run.recipe): line.n_done for line in lines} == {
        ("footage", "none"): 120,
        ("field", "none"): 20,
        ("benchmark", "none"): 18,
        ("footage", "dark"): 120,
    }
    assert {(line.model, line.providers) for line in lines} == {("net", ("cpu",))}
    assert list_runs(labelled, 2, 1) == (4, lines[1:3])
