from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers


def test_a_visit_is_as_long_as_its_recordings_and_none_without_footage(labelled, tmp_path):
    (visit,) = build_report(labelled, "en", NullProgress(), makers.NOW).visits
    assert (visit.n_frames_listed, visit.n_labelled, visit.n_clips) == (120, 20, 1)
    assert visit.seconds > 0
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        found = build_report(bare, "en", NullProgress(), makers.NOW)
    assert (found.visits, found.model, found.benchmark) == ((), None, None)


def test_both_sides_are_scored_with_the_metric_of_the_task(labelled):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert (found.benchmark.metric, found.benchmark.claimed) == ("accuracy", 0.95)
    actual = [metric.name for metric in found.field.metrics]
    assert actual == [metric.name for metric in found.benchmark.metrics]
    assert sum(row.labelled for row in found.field.strata) == found.field.n_labelled == 20
