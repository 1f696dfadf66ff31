from fieldcheck.progress import Silent
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.runs.run_scores import run_scores
from fieldcheck.workflows.stress.sweep import SweepRequest, run_sweep
from tests.makers import NOW


def test_the_newest_run_over_each_labelled_set_has_its_score_and_footage_none(labelled):
    found = run_scores(labelled, Silent())
    by_set = {run.on: found.get(run.run_id) for run in labelled.read(runs_table.all)}
    assert by_set["benchmark"][0] == "accuracy"
    assert (by_set["benchmark"][1].n, by_set["field"][1].n) == (18, 20)
    assert by_set["footage"] is None
    run_sweep(labelled, SweepRequest(corruptions=("dark",), severities=(3.0,), on=("benchmark",)), Silent(), NOW)
    (swept,) = (run for run in labelled.read(runs_table.all) if run.recipe == "dark")
    metric, score = run_scores(labelled, Silent())[swept.run_id]
    assert (metric, score.n) == ("accuracy", 18)
