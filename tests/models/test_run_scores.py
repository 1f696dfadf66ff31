from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.models.runs_mlflow import compute_run_scores
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import runs as runs_table
from tests.makers import NOW


def test_the_newest_run_over_each_labelled_set_has_its_score_and_footage_none(labelled):
    found = compute_run_scores(labelled, NullProgress())
    by_set = {run.on: found.get(run.run_id) for run in labelled.read(runs_table.list_all_runs)}
    assert by_set["benchmark"][0] == "accuracy"
    assert (by_set["benchmark"][1].n, by_set["field"][1].n) == (18, 20)
    assert by_set["footage"] is None
    run_sweep(
        labelled,
        SweepRequest(corruptions=("dark",), severities=(3.0,), on=("benchmark",)),
        NullProgress(),
        NOW,
    )
    (swept,) = (run for run in labelled.read(runs_table.list_all_runs) if run.recipe == "dark")
    metric, score = compute_run_scores(labelled, NullProgress())[swept.run_id]
    assert (metric, score.n) == ("accuracy", 18)
