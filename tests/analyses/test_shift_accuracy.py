import pytest

from fieldcheck.analyses.monitor import estimate_accuracy_by_shift
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.stats.camera_interval import is_at_risk
from tests import makers
from tests.monitoring.test_monitor_days import log, taken
from tests.stats.test_camera_interval import regression


def test_without_labels_or_with_few_labelled_clips_the_reason_is_told(empty, labelled, tmp_path):
    assert estimate_accuracy_by_shift(empty) == ({}, "no_labels")
    taken(labelled, log(tmp_path / "a.csv", shifts=8))
    assert estimate_accuracy_by_shift(labelled) == ({}, "few_clips")


def test_without_answers_to_all_footage_or_with_a_detector_the_reason_is_told(
    drawn, made_boxed, tmp_path
):
    makers.label_all(drawn)
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    drawn.write(
        lambda db: db.execute(
            "DELETE FROM prediction WHERE run_id IN (SELECT run_id FROM run WHERE subjects = "
            "'footage')"
        )
    ).result()
    assert estimate_accuracy_by_shift(drawn) == ({}, "not_run")
    with open_project(made_boxed, write=False) as project:
        assert estimate_accuracy_by_shift(project) == ({}, "few_clips")


def test_each_sound_shift_has_an_accuracy_with_limits_where_enough_clips_are_labelled(
    labelled, tmp_path, monkeypatch
):
    found = regression()
    monkeypatch.setattr("fieldcheck.analyses.monitor.fit_clip_regression", lambda *_: found)
    monkeypatch.setattr(
        "fieldcheck.analyses.monitor.estimate_accuracy_of_all", lambda *_: (None, "")
    )
    taken(labelled, log(tmp_path / "a.csv", shifts=8, fallen_from=7))
    accuracy, reason = estimate_accuracy_by_shift(labelled)
    assert (len(accuracy), reason) == (8, "")
    usual, *_, fallen = accuracy.values()
    assert fallen.hi < usual.value
    assert 0 <= fallen.lo <= fallen.value <= fallen.hi
    assert fallen.line == pytest.approx(found.value - 0.03)
    actual = [one.at_risk for one in accuracy.values()]
    assert actual == [False] * 7 + [is_at_risk(fallen, fallen.line)]
