from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers


def test_a_hard_only_draw_makes_no_headline(footed):
    """A17."""
    makers.draw(footed, 10, design="hard")
    makers.label_all(footed)
    run_and_score(footed, None, "all", NullProgress(), makers.NOW)
    found = build_report(footed, "en", NullProgress(), makers.NOW)
    assert found.gap.verdict == "chosen_only"
    assert (found.gap.estimate.measured, found.field.footage.measured) == (False, False)
    assert found.field.chosen.n == 10


def test_the_gap_is_what_the_field_loses_and_open_verdicts_say_how_many_frames_more(labelled):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    lost = found.benchmark.score.value - found.field.footage.value
    assert found.gap.estimate.value == lost
    assert (found.gap.basis, found.gap.verdict) == ("footage", "not_enough")
    assert found.gap.frames_to_decide is None or found.gap.frames_to_decide > 0
