import shutil
from dataclasses import replace
from math import nan

import numpy as np
import pytest

from fieldcheck.analyses.calibration import build_calibration_section, compute_calibration
from fieldcheck.analyses.temperature_scaling import (
    Calibration,
    ClassConfidence,
    JudgedAnswers,
    Temperature,
    measure_calibration,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.evaluate import get_top_class
from fieldcheck.models.scored_sides import load_scored_sides
from fieldcheck.project.folder import open_project
from fieldcheck.report.verdict_and_checklist import with_checklist
from fieldcheck.stats.camera_interval import estimate_camera_interval
from tests.report.example_report import change_report, estimate, example_report


def test_both_sides_are_measured_and_the_field_is_weighted(labelled):
    found = compute_calibration(labelled)
    assert (found.unit, [side.on for side in found.sides]) == ("frame", ["benchmark", "field"])
    side = load_scored_sides(labelled).field
    tops = np.array(
        [get_top_class(side.answers[side.picks[k].frame_id].answer)[1] for k in side.labelled]
    )
    field = found.get_side("field")
    assert field.says.value == pytest.approx(
        np.average(tops, weights=side.scores.weight[side.labelled])
    )
    assert field.right.value == pytest.approx(side.scores.footage.value)
    assert field.nll > 0


def test_classes_have_medians_over_the_footage_that_was_run(labelled):
    found = compute_calibration(labelled)
    assert sum(one.n for one in found.classes) == len(load_scored_sides(labelled).field.listing)
    assert all(0.3 < one.median <= 1 for one in found.classes)


def test_eighteen_pictures_fit_no_temperature(labelled):
    assert compute_calibration(labelled).temperature is None


def test_without_labels_the_benchmark_alone_may_be_told_and_masks_have_none(drawn, pointed):
    assert compute_calibration(drawn) is None
    assert compute_calibration(pointed) is None


@pytest.mark.long
def test_boxes_are_counted_one_by_one(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        check_boxes(project)


def check_boxes(boxed):
    found = compute_calibration(boxed)
    assert found.unit == "box"
    field = found.get_side("field")
    assert field.n == sum(
        len(a.answer)
        for a in load_scored_sides(boxed).field.answers.values()
        if a.subject in load_scored_sides(boxed).field.labels
    )
    assert found.temperature is None


def side(on, says, right, n=100, dropped=0):
    alone, clips = np.arange(n), np.arange(n) % 10
    answers = JudgedAnswers(np.full(n, says), alone % 100 < 100 * right, np.ones(n), alone, clips)
    return measure_calibration(on, answers, 0, dropped)


def report(field, classes=(), temperature=None):
    found = Calibration(
        "frame", (side("benchmark", 0.97, 0.96), field), temperature, tuple(classes)
    )
    return change_report(example_report(), results={"calibration": found})


def said(found):
    return [
        block.text
        for block in build_calibration_section(found.results.get("calibration")).blocks
        if hasattr(block, "text")
    ]


def judged(found):
    return {row.rule: (row.state, row.figure) for row in with_checklist(found).checklist}


def test_the_headline_says_what_the_model_says_and_what_it_is():
    first = said(report(side("field", 0.92, 0.71)))[0]
    expected = "Field: mean confidence 92%, accuracy 71%. Confidence minus accuracy: 21 pp ("
    assert first.startswith(expected)
    assert "The model is overconfident for these cameras. Calibration error 21 pp; " in first
    honest = said(report(side("field", 0.92, 0.91)))[0]
    assert "Neither over- nor underconfidence demonstrated." in honest
    assert (
        "The model is underconfident for these cameras."
        in said(report(side("field", 0.5, 0.95)))[0]
    )


def test_both_sides_stand_side_by_side_and_the_diagram_has_a_row_a_bin():
    found = build_calibration_section(
        report(side("field", 0.92, 0.71)).results["calibration"]
    ).blocks
    tables = [block for block in found if hasattr(block, "rows")]
    assert [cell.text for cell in tables[0].heads] == ["Calibration", "Benchmark", "Field"]
    errors = {
        row[0].text: [cell.text for cell in row[1:]]
        for row in tables[0].rows
        if "(ECE)" in row[0].text
    }
    expected = ["equal-width bins", "equal-mass bins"]
    assert [name.removeprefix("expected calibration error (ECE), ") for name in errors] == expected
    # below 500 answers
    expected = [[False, False], [True, True]]
    assert [[said.endswith("*") for said in sides] for sides in errors.values()] == expected
    assert [len(table.rows) for table in tables[1:]] == [5, 5]
    assert all(row[3].drawing for row in tables[1].rows)


def test_what_gives_nan_is_counted_and_more_than_a_hundredth_is_told_loudly():
    expected = "1 prediction without a finite confidence was left out."
    assert expected in said(report(side("field", 0.9, 0.9, dropped=1)))[0]
    expected = "The model returns NaN. 9 predictions without a finite confidence were left out."
    assert expected in said(report(side("field", 0.9, 0.9, dropped=9)))[0]


@pytest.mark.parametrize("n", [1, 2, 9])
def test_few_answers_have_no_figure_of_calibration(n):
    found = report(
        side("field", 0.92, 0.71, n),
        temperature=Temperature(1.8, 200, 0.5, 0.4, 0.21, 0.05, 0.21, 0.08),
    )
    assert (
        said(found)[0]
        == f"Field: {n} prediction{'s are' if n > 1 else ' is'} too few to judge calibration."
    )
    assert [
        len(table.heads)
        for table in build_calibration_section(found.results.get("calibration")).blocks
        if hasattr(table, "rows")
    ] == [2, 4], "the benchmark alone"
    assert "In the field" not in " ".join(said(found))
    facts = {"calibration": Calibration("frame", (side("field", 0.92, 0.71, n),), None, ())}
    alone = replace(found, results=facts)
    assert len(build_calibration_section(alone.results["calibration"]).blocks) == 1


def test_the_temperature_is_a_what_if_of_the_benchmark():
    both = said(
        report(
            side("field", 0.92, 0.71),
            temperature=Temperature(1.8, 200, 0.5, 0.4, 0.21, 0.05, 0.21, 0.08),
        )
    )[-1]
    assert "T = 1.80, changes the benchmark's negative log likelihood from 0.500 to 0.400" in both
    assert "from 21 to 5 pp" in both
    alone = said(
        report(
            side("field", 0.92, 0.71),
            temperature=Temperature(1.8, 200, 0.5, 0.4, nan, nan, nan, nan),
        )
    )[-1]
    assert "In the field" not in alone


def test_what_was_not_measured_is_said():
    assert said(example_report()) == ["Not measured: no labelled frame with a confidence value."]


@pytest.mark.parametrize(
    ("says", "right", "n", "state"),
    [(0.9, 0.9, 2000, "pass"), (0.95, 0.7, 100, "fail"), (0.92, 0.9, 100, "too_few")],
)
def test_over_confidence_is_judged_by_the_limits_for_other_clips(says, right, n, state):
    field = side("field", says, right, n)
    found = judged(report(field))["overconfidence"]
    assert found == (state, field.signed_cameras.value)
    footage = replace(field, signed_cameras=None)
    assert judged(report(footage))["overconfidence"] == ("too_few", footage.signed.value)
    assert judged(example_report())["overconfidence"] == ("not_measured", None)


def confidence_of(name, n, median, *limits):
    share = (
        estimate(sum(limits) / 2, *limits, n)
        if limits
        else Estimate.not_measured("too_few_clips", n)
    )
    return ClassConfidence(name, n, median, share)


def test_the_confidence_of_classes_is_judged_by_intervals_for_other_clips_and_not_by_medians():
    low, open_still = (
        confidence_of("a", 20, 0.59, 0.1, 0.49),
        confidence_of("d", 40, 0.58, 0.2, 0.7),
    )
    high, few_clips = confidence_of("b", 90, 0.8, 0.5, 0.9), confidence_of("e", 30, 0.2)
    rare, field = confidence_of("c", 19, 0.3, 0.1, 0.2), side("field", 0.9, 0.9)

    def judge(*classes):
        return judged(report(field, classes))["class_confidence"]

    assert judge(low, high, rare) == ("fail", 0.59)
    assert judge(high, rare) == ("pass", 0.8)
    assert judge(high, open_still) == ("too_few", 0.58), "a median below 0.60 alone is no finding"
    assert judge(high, few_clips) == ("too_few", 0.2), "one or two clips leave it open"
    assert judge(rare) == ("too_few", None)
    assert judge() == ("not_measured", None)
    expected = "Lowest median confidence among classes with 20 or more predictions: a, 0.59"
    assert said(report(field, (low, high, rare)))[-1].startswith(expected)


def test_the_share_of_high_confidences_takes_clips_as_units(labelled):
    sides = load_scored_sides(labelled)
    lines, answers = sides.field.listing, sides.field.footage_answers
    tops = [get_top_class(answers[line.frame.frame_id].answer) for line in lines]
    clip, classes = np.array([line.clip.clip_id for line in lines]), sides.card.classes
    found = {one.name: one for one in compute_calibration(labelled).classes}
    often = sum(one.n >= 20 for one in found.values())
    for name, one in found.items():
        own = np.array([classes[k] == name for k, _ in tops])
        high = np.array([sure >= 0.6 for _, sure in tops])[own]
        ones = np.ones(high.size)
        assert one.sure == estimate_camera_interval(high, ones, clip[own], max(1, often))


def test_intervals_that_hold_together_are_wider():
    right, clip = np.arange(40) % 4 > 0, np.arange(40) % 10
    alone = estimate_camera_interval(right, np.ones(40), clip)
    five = estimate_camera_interval(right, np.ones(40), clip, 5)
    assert five.lo < alone.lo < alone.value < alone.hi < five.hi


def test_german_speaks_of_confidence_too():
    from fieldcheck.i18n import language

    with language.use_language("de"):
        assert "Feld" in said(report(side("field", 0.92, 0.71)))[0]


def test_no_direction_is_stronger_than_the_interval_for_these_cameras():
    found = side("field", 0.92, 0.71)
    open_ = replace(found.signed_cameras, lo=-0.01)
    of_footage = replace(found, signed_cameras=open_, over_confident=False)
    assert "overconfident on this footage only." in said(report(of_footage))[0]
    one_clip = replace(found, signed_cameras=None, over_confident=False)
    assert "overconfident on this footage only." in said(report(one_clip))[0]
    neither = replace(of_footage, signed=replace(found.signed, lo=-0.01))
    assert "Neither over- nor underconfidence demonstrated." in said(report(neither))[0]
    benchmark = replace(found, on="benchmark", signed_cameras=None)
    assert "The model is overconfident on the benchmark." in said(report(benchmark))[0]
