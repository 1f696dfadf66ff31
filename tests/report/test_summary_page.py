from dataclasses import replace

import pytest

from fieldcheck.analyses.blocks import Heading, OptionalBlock, Paragraph
from fieldcheck.analyses.monitor import load_monitored_shifts
from fieldcheck.labels.label_error_review import Disagreement, LabelReviewRows
from fieldcheck.models.store import add_model
from fieldcheck.monitoring.log_monitor import close_alarms
from fieldcheck.project.limits import GapLimits
from fieldcheck.report.key_figures import build_key_figures
from fieldcheck.report.summary_page import build_first_page, list_reasons, list_warnings
from fieldcheck.stats.weighted_field_score import StratumScore
from fieldcheck.stats.wilson_interval import estimate_wilson
from tests import makers
from tests.makers import SHIFTS_OVER as NOW
from tests.monitoring.test_log_monitor import log, taken
from tests.report.example_report import (
    change_report,
    empty_report,
    estimate,
    example_report,
    judged,
)


def under(report):
    return "\n".join((*build_first_page(report).under, *list_warnings(report)))


def with_field(**changes):
    report = example_report()
    return replace(report, field=replace(report.field, **changes))


def test_the_verdict_comes_first_then_the_sentence_then_the_three_lists():
    first = build_first_page(example_report())
    assert first.verdict == "Not ready"
    assert first.headline == ("Benchmark 97.1% → Field 61% (39–79%).", "Gap 36 pp (18–58).")
    headings = [block.text for block in first.blocks if isinstance(block, Heading)]
    assert headings == [
        "Recommended actions",
        "Before a supervised trial",
        "Limitations",
        "Approval",
    ]
    whole = [one.block if isinstance(one, OptionalBlock) else one for one in first.blocks]
    texts = [block.text for block in whole if isinstance(block, Paragraph)]
    assert "✗\u00a0Ten-minute load test passed on the target computer" in texts
    assert not any("1,000 unselected" in text for text in texts)  # of a later phase


def test_the_three_cards_say_what_the_result_page_says():
    report = example_report()
    cards = build_first_page(report).cards
    assert [line.title for line in cards.reasons] == [
        reason.title for reason in list_reasons(report)[: len(cards.reasons)]
    ]
    assert cards.reasons[0].title == "Gap above the limit"
    assert cards.errors[0].lines == (("crack →", "OK"),)
    assert cards.errors[0].small == "confidence 0.99 · dark"
    assert cards.narrowing.source == "from 6 clips"
    assert build_first_page(empty_report()).cards.narrowing is None


def test_an_open_alarm_of_the_line_stands_first_whatever_model_is_set_until_it_is_acknowledged(
    empty, tmp_path
):
    """A log whose confidence falls; then another model is set, which has no shift."""
    taken(empty, log(tmp_path / "a.csv", shifts=24, fallen_from=23))
    add_model(empty, makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)), None, NOW)
    (alarm,) = load_monitored_shifts(empty).open_alarms

    def first_blocks():
        results = {"monitor": load_monitored_shifts(empty)}
        return build_first_page(change_report(example_report(), results=results)).blocks

    heading, listed, *_ = first_blocks()
    assert heading.text == "1 open drift alarm"
    (line,) = listed.lines
    expected = (
        "▲ Open alarm, shift of 9 Nov 2026 22:00 (model “net”): not acknowledged. Confidence "
        "dropped"
    )
    assert line.rest.startswith(expected)
    close_alarms(empty, alarm.shift.began, "lamp replaced", None, NOW)
    assert first_blocks()[0].text == "Recommended actions"


def test_both_ranges_are_named_the_cameras_first():
    lines = build_first_page(example_report()).under
    assert lines[0] == "95% CI for these cameras, from 6 clips."
    assert lines[1].startswith("This footage only")
    expected = "95% CI for this camera, from 6 clips."
    assert build_first_page(with_field(n_cameras=1)).under[0] == expected


def test_a_gap_on_this_footage_only_says_so():
    report = example_report()
    expected = "this footage only"
    assert expected in under(replace(report, gap=replace(report.gap, basis="footage", other=None)))


def test_the_limit_and_who_set_it_stand_in_the_tile_of_the_accuracy():
    tiles = build_key_figures(example_report()).tiles
    assert "gap: limit 3 pp (M. Berger, 2026-11-20)" in tiles[0].under


@pytest.mark.parametrize(
    ("limits", "who", "said"),
    [
        (GapLimits(), "default limit, not confirmed", "was not confirmed by a person"),
        (GapLimits(0.03, "", "", True), "no name given, date unknown", "without a name"),
    ],
)
def test_a_limit_that_nobody_confirmed_or_signed_says_so(limits, who, said):
    report = judged(example_report(), gap=limits)
    assert f"gap: limit 3 pp ({who})" in build_key_figures(report).tiles[0].under
    assert any(said in str(block) for block in build_first_page(report).blocks)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (example_report(), "Few clips"),
        (with_field(n_clips=2), "Too few clips"),
        (with_field(blind=False), "Not blind"),
        (with_field(blind=None), "Blind labelling: not recorded"),
        (with_field(n_nan=3), "NaN or infinite values on 3 frames"),
        (example_report(), "rendered, not real"),
        (
            example_report(notes=("intervals_recomputed",)),
            "Intervals recomputed with method 2; an earlier report of this project used method 1.",
        ),
        (example_report(notes=("borders_changed",)), "Clip borders were changed after labelling."),
    ],
    ids=[
        "few clips", "two clips", "not blind", "blind unknown", "nan", "rendered", "recomputed",
        "borders",
    ],
)  # fmt: skip
def test_what_weakens_the_figures_stands_under_the_verdict(report, said):
    assert said in under(report)


def test_a_sound_report_has_no_warnings():
    report = example_report(notes=())
    sound = replace(report, field=replace(report.field, n_clips=20))
    assert len(build_first_page(sound).under) + len(list_warnings(sound)) == 2


def test_the_key_of_the_chart_names_the_camera_before_the_footage():
    key = build_first_page(example_report()).key
    assert (
        key.index("other clips of these cameras")
        < key.index("this footage")
        < key.index("benchmark")
    )
    assert "n = 100" in key
    assert "n = 2,000)" in key


def test_frames_outside_the_figure_are_counted_beside_it():
    counts = "\n".join(build_first_page(example_report()).counts)
    assert "4 frames are labelled “unsure”; if the model were wrong on all of them" in counts
    added = StratumScore("extra", 0, 0, 37, 37, 9, 0, estimate(9 / 37, 0.13, 0.4, 37))
    expected = "37 frames were added after picking and"
    assert expected in "\n".join(build_first_page(with_field(strata=(added,))).counts)


def test_a_project_without_anything_has_no_chart_and_no_ranges():
    first = build_first_page(empty_report())
    assert first.chart is None
    assert first.key == ""
    assert first.under == ()


def test_second_looks_are_told_beside_the_headline_and_never_in_its_place():
    looked = {"model_wrong": 4, "label_wrong": 7, "cannot_tell": 1}
    rows = tuple(Disagreement(f"r1-{k}", ("crack",), ("ok",), 0.9, None) for k in range(47))
    row = LabelReviewRows(
        "field", rows, 0, looked, estimate_wilson(53, 100), estimate_wilson(60, 99),
        estimate_wilson(7, 12),
    )  # fmt: skip
    said = " ".join(build_first_page(example_report(label_noise=(row,))).counts)
    assert "Label review (12 of 47 disagreements), wrong labels in the field" in said
    assert "61% (51–70%, n = 99) instead of 53% (43–62%, n = 100)." in said
    assert "The main result uses the original labels" in said
    actual = build_first_page(example_report(label_noise=(row,))).headline
    assert actual == build_first_page(example_report()).headline
    untouched = replace(row, counts=dict.fromkeys(looked, 0))
    actual = " ".join(build_first_page(example_report(label_noise=(untouched,))).counts)
    assert "label review" not in actual
