from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.decomposition import (
    BenchmarkAnswers,
    Decomposition,
    FieldAnswers,
    GapPart,
    build_decomposition_section,
    compute_decomposition,
    compute_gap_bars,
    decompose_gap,
)
from fieldcheck.analyses.shared_classes import load_compared_sides
from fieldcheck.corruptions import match_field
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as facts_table
from fieldcheck.report.curve_plots import list_curve_plots
from tests import makers
from tests.report.example_report import change_report, example_report

NAMES = ("a", "b", "c")


def rows(*values):
    return np.array([values], np.float64)


def test_the_golden_split_of_two_classes():
    clean, damaged = rows(0.99, 0.90), rows(0.95, 0.70)
    drop = clean - damaged
    found = compute_gap_bars(rows(0.8, 0.2), rows(0.5, 0.5), clean, clean, drop, np.array([0.65]))
    assert np.ravel(found.mix) == pytest.approx([0.027, 0.075], abs=1e-9)
    assert np.ravel(found.quality) == pytest.approx([0.120, 0.072], abs=1e-9)
    assert found.remainder == pytest.approx([0.175], abs=1e-9)


def benchmark(n=400, seed=0, harm=0.1, swept=200):
    rng = np.random.default_rng(seed)
    truth = rng.choice(2, n, p=[0.8, 0.2]).astype(np.int64)
    right = rng.random(n) < np.where(truth == 0, 0.99, 0.9)
    drop = np.where(np.arange(n) < swept, right * (rng.random(n) < harm), np.nan)
    return BenchmarkAnswers(truth, right, drop.astype(np.float64))


def field(clips=10, each=10, seed=1, score=0.65, absent=0):
    rng = np.random.default_rng(seed)
    n = clips * each
    truth = rng.choice(2, n).astype(np.int64)
    truth[:absent] = 2
    right = rng.random(n) < score
    weight = rng.uniform(1, 5, n)
    return FieldAnswers(truth, right, weight, np.repeat(np.arange(clips), each), truth != 2)


def split(given, frames, reason=""):
    return decompose_gap(given, frames, NAMES, reason, "dark", 2.0, 0)


@pytest.mark.parametrize("seed", range(10))
def test_the_parts_add_up_to_the_gap_exactly_in_either_order(seed):
    given, frames = benchmark(seed=seed), field(seed=seed, absent=seed)
    found = split(given, frames)
    own = frames.shared
    gap = given.right.mean() - np.average(frames.right[own], weights=frames.weight[own])
    assert found.total == pytest.approx(gap, abs=1e-12)
    actual = found.mix.estimate.value + found.quality.estimate.value + found.remainder.value
    assert actual == pytest.approx(gap, abs=1e-12)
    cases = ((found.mix.first, found.quality.first), (found.mix.second, found.quality.second))
    for mix, quality in cases:
        assert mix + quality + found.remainder.value == pytest.approx(gap, abs=1e-12)


def test_planted_mix_and_quality_lie_within_their_limits_and_all_have_one():
    found = split(benchmark(n=4000, swept=4000, harm=0.2), field(clips=20, score=0.7))
    for part in (found.mix.estimate, found.quality.estimate, found.remainder):
        assert part.lo <= part.value <= part.hi
        assert part.method == "bootstrap_clips"
    assert found.mix.estimate.value == pytest.approx(0.027, abs=0.02)
    assert found.quality.estimate.value == pytest.approx(0.19, abs=0.04)


def test_without_a_matched_corruption_the_quality_is_not_estimated_and_not_zero():
    given = benchmark()
    answers = BenchmarkAnswers(given.truth, given.right, np.full(400, np.nan))
    found = split(answers, field(), "no_match")
    assert found.quality is None
    assert found.mix.first == found.mix.second
    assert found.mix.estimate.value + found.remainder.value == pytest.approx(found.total, abs=1e-12)


def test_classes_that_the_benchmark_lacks_have_a_bar_of_their_own():
    given, frames = benchmark(), field(absent=30)
    found = split(given, frames)
    weight = frames.weight
    share = weight[~frames.shared].sum() / weight.sum()
    worse = given.right.mean() - np.average(
        frames.right[~frames.shared], weights=weight[~frames.shared]
    )
    assert found.absent.value == pytest.approx(share * worse, abs=1e-12)
    assert found.absent_classes == ("c",)
    assert split(given, field()).absent is None


def test_a_class_with_few_pictures_is_as_the_whole_benchmark_and_weak():
    given = benchmark(n=60)
    found = split(given, field())
    assert found.weak_classes == ("b",)
    assert found.mix.estimate.status == "weak"
    assert found.mix.first == pytest.approx(given.right.mean() - (
        np.average(field().truth == 0,
        weights=field().weight) * given.right[given.truth == 0].mean()
        + np.average(field().truth == 1, weights=field().weight) * given.right.mean()
    ))  # fmt: skip


def test_two_clips_have_values_without_limits():
    found = split(benchmark(), field(clips=2))
    assert (found.mix.estimate.status, found.remainder.status) == ("na", "na")
    assert found.remainder.value == found.remainder.value
    assert split(benchmark(), field(clips=5)).remainder.status == "weak"


def test_all_right_on_both_sides_leaves_nothing():
    sure = BenchmarkAnswers(np.zeros(50, np.int64), np.ones(50, bool), np.zeros(50))
    right = np.ones(30, bool)
    truth = np.zeros(30, np.int64)
    frames = FieldAnswers(truth, right, np.ones(30), np.arange(30) % 10, np.ones(30, bool))
    found = split(sure, frames)
    assert (found.total, found.mix.estimate.value) == (0, 0)
    assert (found.quality.estimate.value, found.remainder.value) == (0, 0)


def test_the_golden_limits_of_every_bar():
    found = split(benchmark(), field(absent=10))
    bars = [found.mix.estimate, found.quality.estimate, found.remainder, found.absent]
    golden = [
        (0.01868028, 0.00014602, 0.04122761),
        (0.09012939, 0.04797614, 0.13313082),
        (0.27068251, 0.15819908, 0.39792467),
    ]
    for bar, wanted in zip(bars, [*golden, (0.05808454, -0.00314194, 0.18232079)], strict=True):
        assert (bar.value, bar.lo, bar.hi) == pytest.approx(wanted, abs=1e-8)
        assert (bar.status, bar.note, bar.method) == ("ok", "", "bootstrap_clips")
    assert [(bar.n, bar.n_eff) for bar in bars] == [(90, 9.0)] * 3 + [(10, 10.0)]
    assert (found.mix.first, found.mix.second) == pytest.approx((0.01851641, 0.01884416), abs=1e-8)
    assert (found.reason, found.corruption) == ("", "dark")
    assert (found.severity, found.weak_classes) == (2.0, ())


@pytest.mark.parametrize(
    ("clips", "status", "note"),
    [(2, "na", "too_few_clips"), (3, "weak", "few_clips"), (7, "weak", "few_clips"), (8, "ok", "")],
)
def test_few_clips_make_the_bars_weak(clips, status, note):
    found = split(benchmark(), field(clips=clips))
    assert {
        (bar.status, bar.note)
        for bar in (found.mix.estimate, found.quality.estimate, found.remainder)
    } == {(status, note)}


def test_a_small_class_is_noted():
    found = split(benchmark(n=60), field())
    assert found.remainder.note == "few_in_class"
    for bar, wanted in (
        (found.mix.estimate, (-0.01387572, -0.04331888, 0.00762691)),
        (found.remainder, (0.32572115, 0.18983872, 0.45383260)),
    ):
        assert (bar.value, bar.lo, bar.hi) == pytest.approx(wanted, abs=1e-8)


def test_a_class_of_which_few_pictures_were_asked_falls_as_the_whole_does():
    """Nineteen of class b, all wrong under the corruption, beside a hundred of class a that never
    are."""
    truth = np.repeat([0, 1], [100, 100])
    drop = np.concatenate([np.zeros(100), np.ones(19), np.full(81, np.nan)])
    found = split(BenchmarkAnswers(truth, np.ones(200, bool), drop), field())
    share = np.average(field().truth, weights=field().weight)
    assert found.quality.first == pytest.approx(share * 19 / 119)
    one_more = BenchmarkAnswers(
        truth, np.ones(200, bool), np.concatenate([np.zeros(100), np.ones(20), np.full(80, np.nan)])
    )
    assert split(one_more, field()).quality.first == pytest.approx(share)


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
    request = SweepRequest(corruptions=("colour_cast",), on=("benchmark",))
    run_sweep(labelled, request, NullProgress(), makers.NOW)
    found = compute_decomposition(labelled)
    assert (found.reason, found.corruption, found.severity) == ("", "colour_cast", 2.0)
    assert found.quality.estimate.value >= 0
    actual = found.mix.estimate.value + found.quality.estimate.value + found.remainder.value
    assert actual == pytest.approx(found.total)


def test_without_a_gap_or_a_class_a_frame_there_is_nothing(drawn, pointed):
    assert compute_decomposition(drawn) is None
    assert compute_decomposition(pointed) is None


def parts(reason="", clips=10, absent=0):
    truth = np.arange(200) % 2
    drop = np.full(200, np.nan) if reason else (np.arange(200) % 10 == 0) * 1.0
    own = np.arange(100) % 4 // 3
    own[:absent] = 2
    right = np.arange(100) % 3 > 0
    frames = FieldAnswers(own, right, np.ones(100), np.arange(100) % clips, own != 2)
    return decompose_gap(
        BenchmarkAnswers(truth, np.arange(200) % 20 > 0, drop), frames, ("a", "b", "c"), reason,
        "dark", 2.3, 0,
    )  # fmt: skip


def report(**changes):
    return change_report(example_report(), results={"decomposition": parts(**changes)})


def told(found):
    table, *others = build_decomposition_section(found).blocks
    return [[cell.text for cell in row] for row in table.rows], [block.text for block in others]


def test_the_parts_stand_with_their_ranges_and_both_orders():
    rows, notes = told(report())
    assert [row[0] for row in rows][:2] == ["class mix", "image quality (Low light, severity 2.3)"]
    assert all(row[2] and row[3] for row in rows[:2])
    assert rows[3][1] == "29"
    assert notes == [
        (
            "Remainder: new appearance, unusual poses, wrong labels, or corruptions that cannot "
            "be simulated."
        )
    ]


def test_what_is_not_estimated_is_said_and_not_zero():
    rows, notes = told(report(reason="no_match"))
    assert rows[1][:2] == ["image quality", "not estimated"]
    assert notes[0].startswith("Contribution of image quality not estimated: no single corruption")
    assert "field has not been matched to a corruption" in told(report(reason="not_compared"))[1][0]
    assert "on the benchmark up to severity 2.3" in told(report(reason="not_swept"))[1][0]


def test_absent_classes_stand_beside_the_gap_and_few_clips_have_no_range():
    rows, notes = told(report(absent=20))
    assert rows[-1][0] == "additionally: classes missing from the benchmark"
    assert "Not in the benchmark: c." in notes
    assert told(report(clips=2))[0][0][2] == "not enough clips"


def test_without_a_gap_there_is_nothing_to_split():
    (block,) = build_decomposition_section(example_report()).blocks
    assert block.text.startswith("Not estimated. Requires a")


def test_nine_labels_are_not_split():
    few = report()
    few = replace(few, field=replace(few.field, footage=replace(few.field.footage, n=9)))
    (said,) = build_decomposition_section(few).blocks
    assert said.text == "Insufficient data: 9 labelled frames are too few to decompose the gap."
    assert not [plot for plot in list_curve_plots(few) if plot.section == "decomposition"]
    assert [plot for plot in list_curve_plots(report()) if plot.section == "decomposition"]


def test_a_part_that_was_not_estimated_is_none_with_its_reason():
    part = Estimate.not_measured("too_few_clips", 3, 0.1)
    mix = GapPart(part, 0.1, 0.1)
    found = Decomposition(0.2, mix, None, part, "no_match", "", 0.0, None, (), ())
    assert (found.quality, found.reason) == (None, "no_match")
