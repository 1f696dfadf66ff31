from dataclasses import replace

from fieldcheck.models.replay import run_again
from fieldcheck.models.store import make_model_file
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as runs_table
from tests import makers


def shown(project, run, subjects):
    model = project.read(models_table.get_newest_model)
    return run_again(
        project,
        run,
        model,
        make_model_file(project, model),
        frozenset(subjects),
        NullProgress(),
        makers.NOW,
    )


def test_only_pictures_that_are_asked_for_and_there_come_back(labelled):
    run = next(run for run in labelled.read(runs_table.list_all_runs) if run.on == "benchmark")
    found = shown(labelled, run, ["green/000.png", "green/999.png"])
    assert list(found) == ["green/000.png"]
    assert len(found["green/000.png"][0]) == 64


def test_a_golden_set_that_was_named_anew_elsewhere_has_none(labelled):
    run = next(run for run in labelled.read(runs_table.list_all_runs) if run.on == "benchmark")
    assert shown(labelled, replace(run, recipe="golden"), ["green/000.png"]) == {}
