from dataclasses import replace

import pytest

from fieldcheck.analyses.escape_rate import compute_plant_consequences
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.shared_classes import CLASS_SIDES, ClassSides
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import PlantFigures, RateLimit
from fieldcheck.report.key_figures import build_key_figures
from tests.report.example_report import empty_report, estimate, example_report
from tests.report.made_facts import decision, rates


def named(report):
    return {tile.name: tile for tile in build_key_figures(report).tiles}


def test_without_an_ok_class_the_worst_class_and_the_calibration_stand_there():
    found = named(example_report(results={"decision": decision()}))
    expected = ["Accuracy, field", "Worst class, recall", "Confident errors", "Calibration error"]
    assert list(found) == expected
    assert found["Worst class, recall"].under[0] == "crack"


def test_the_worst_class_of_masks_is_the_one_whose_points_are_covered_least():
    none = Estimate.not_measured("points")
    sides = tuple(
        ClassSides(name, 4, n, none, estimate(value, 0.1, 0.9, 18), none, none, none, none)
        for name, n, value in (("red", 20, 0.68), ("blue", 19, 0.91), ("wood", 9, 0.2))
    )
    report = example_report(per_class=(), results={"decision": decision(), CLASS_SIDES.key: sides})
    tile = named(report)["Worst class, recall"]
    assert tile.under[:2] == ("red", "n = 20")
    assert tile.value == "68%"


def test_with_an_ok_class_escapes_and_false_rejects_stand_there_with_their_counts():
    found = named(example_report(results={"decision": decision(), "inspection": rates()}))
    expected = ["Accuracy, field", "Escape rate", "False-reject rate", "Confident errors"]
    assert list(found) == expected
    expected = (
        "frames with a defect passed as OK",
        "7 of 65",
        "other clips: 1–30%",
        "no limit set",
    )
    assert found["Escape rate"].under == expected


def test_a_rate_of_which_none_was_seen_has_one_bound_that_for_other_clips():
    none = replace(
        rates(), escaped=0, escape=estimate(0.0, 0.0, 0.06, 65),
        escape_cameras=estimate(0.0, 0.0, 0.14, 65),
    )  # fmt: skip
    facts = {"decision": decision(), "inspection": none}
    tile = named(example_report(results=facts))["Escape rate"]
    assert (tile.value, tile.range) == ("0 of 65", "")
    assert "other clips: upper limit 14%" in tile.under
    alone = replace(none, escape_cameras=Estimate.not_measured("too_few_clips"))
    tile = named(example_report(results=facts | {"inspection": alone}))["Escape rate"]
    assert tile.range == "upper limit 6.0%", "with one or two clips there is no other"


def test_the_escape_tile_has_ppm_and_cost_a_day_once_the_plants_figures_are_entered():
    entered = PlantFigures(defect_ppm=2000, parts_per_day=8000, cost_escape=50, currency="EUR")
    found = replace(rates(), plant=compute_plant_consequences(rates(), entered))
    tile = named(example_report(results={"decision": decision(), "inspection": found}))[
        "Escape rate"
    ]
    expected = ("about 160 ppm (20–600)", "about 64 EUR per day (8–240)", "no limit set")
    assert tile.under[3:] == expected


def test_the_accuracy_has_benchmark_claim_limit_and_whether_it_is_met():
    tile = named(example_report())["Accuracy, field"]
    assert (tile.value, tile.range, tile.word) == ("61%", "39–79%", "not met")
    assert tile.under == (
        "n = 100", "benchmark 97.1% (96.3–97.7%, n = 2,000)", "reference 97.1%",
        "gap: limit 3 pp (M. Berger, 2026-11-20)",
    )  # fmt: skip


def test_a_rate_and_a_gap_that_were_not_measured_are_not_called_inconclusive():
    facts = {
        "decision": decision(limits=(RateLimit("escape_rate", 0.1, "QM"),)),
        "inspection": replace(
            rates(), escape=Estimate.not_measured("x"), escape_cameras=Estimate.not_measured("x")
        ),
    }
    assert named(example_report(results=facts))["Escape rate"].word == "not measured"
    gap = example_report().gap
    words = {
        code: named(example_report(gap=replace(gap, verdict=code)))["Accuracy, field"].word
        for code in ("not_enough", None)
    }
    assert words == {"not_enough": "inconclusive", None: "not measured"}


def test_a_detector_has_recall_precision_misses_and_false_alarms_a_frame():
    facts = {
        "decision": decision(
            missed_objects=estimate(1.4, 1.1, 1.8, 60), false_alarms=Estimate.not_measured("x")
        )
    }
    found = named(example_report(results=facts))
    assert list(found) == ["Recall", "Precision", "Missed objects", "False alarms"]
    assert (found["Missed objects"].value, found["Missed objects"].range) == ("1.40", "1.10–1.80")
    assert found["False alarms"].value == "not measured"


def test_a_project_without_anything_has_tiles_that_say_so():
    assert {tile.value for tile in build_key_figures(empty_report()).tiles} == {"not measured"}


def test_no_class_with_ten_labels_is_said():
    few = tuple(
        replace(row, recall=estimate(0.5, 0.2, 0.8, 4))
        for row in get_failures(example_report()).per_class
    )
    expected = ("no class with ten labels",)
    assert named(example_report(per_class=few))["Worst class, recall"].under == expected


@pytest.mark.parametrize(
    ("limit", "word"), [(0.35, "met"), (0.005, "not met"), (0.2, "inconclusive")]
)
def test_a_limit_is_judged_by_the_interval_for_these_cameras_and_never_by_the_value(limit, word):
    """Of this footage the rate lies between 3 and 16 %, of other clips between 1 and 30."""
    facts = {
        "decision": decision(limits=(RateLimit("escape_rate", limit, "QM"),)),
        "inspection": rates(),
    }
    tile = named(example_report(results=facts))["Escape rate"]
    assert (tile.word, tile.under[-1]) == (word, f"limit {100 * limit:g}% (QM, date unknown)")
