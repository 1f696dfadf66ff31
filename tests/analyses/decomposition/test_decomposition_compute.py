import pytest

from fieldcheck.analyses.decomposition import compute_decomposition
from fieldcheck.analyses.shared_classes import load_compared_sides
from fieldcheck.corruptions import match_field
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as facts_table
from tests import makers


def keep(project, severity):
    best = CandidateCorruption("colour_cast", "colour_cast", severity, 0.7, 0.0)
    found = FieldMatch(best, "", (best,), 0.9, None, 80, 120, 6).to_json()
    about = match_field.get_compared_images(project)
    project.write(
        lambda db: facts_table.put_fact(db, match_field.KIND, "", "", about, found, makers.NOW)
    ).result()


def test_the_parts_add_up_to_the_gap_of_the_report(labelled):
    sides = load_compared_sides(labelled, find_model(labelled))
    found = compute_decomposition(labelled)
    actual = found.total
    assert actual == pytest.approx(sides.benchmark.score.value - sides.field.scores.footage.value)
    assert (found.quality, found.reason) == (None, "not_compared")


def test_the_quality_is_what_the_swept_corruption_takes_between_two_severities(labelled):
    keep(labelled, 2.0)
    assert compute_decomposition(labelled).reason == "not_swept"
    run_sweep(
        labelled,
        SweepRequest(corruptions=("colour_cast",), on=("benchmark",)),
        NullProgress(),
        makers.NOW,
    )
    found = compute_decomposition(labelled)
    assert (found.reason, found.corruption, found.severity) == ("", "colour_cast", 2.0)
    assert found.quality.estimate.value >= 0
    actual = found.mix.estimate.value + found.quality.estimate.value + found.remainder.value
    assert actual == pytest.approx(found.total)


def test_without_a_gap_or_a_class_a_frame_there_is_nothing(drawn, pointed):
    assert compute_decomposition(drawn) is None
    assert compute_decomposition(pointed) is None
