from fieldcheck.progress import Silent
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.runs.run_scores import run_scores


def test_the_newest_run_over_each_labelled_set_has_its_score_and_footage_none(labelled):
    found = run_scores(labelled, Silent())
    by_set = {run.on: found.get(run.run_id) for run in labelled.read(runs_table.all)}
    assert by_set["benchmark"][0] == "accuracy"
    assert (by_set["benchmark"][1].n, by_set["field"][1].n) == (18, 20)
    assert by_set["footage"] is None
