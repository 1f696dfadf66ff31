from datetime import datetime
from pathlib import Path

import pytest

from fieldcheck import resources
from fieldcheck.domain.project_state import ProjectStatus, RecentProject
from fieldcheck.models.new_project import BenchmarkFacts, ModelSummary
from fieldcheck.stats.intervals import estimate_wilson
from fieldcheck.ui.screens.home import captions

RECEIPT = {
    "size": [224, 256], "colour": "RGB", "layout": "NCHW", "crop": 1.0, "resize": "stretch", "interpolation": "area", "scale": 1 / 255,
    "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0], "range": [[0.0, 1.0]] * 3, "output": "logits",
}  # fmt: skip


def recent(standing=None, gap=None, readiness=""):
    return RecentProject(
        Path("/visits/Line 4 night.fieldcheck"), datetime(2026, 11, 12, 17, 40),
        standing or ProjectStatus(), b"", gap, readiness,
    )  # fmt: skip


def test_a_recent_project_says_how_far_it_is_and_what_came_out():
    line = captions.build_found_row(
        recent(ProjectStatus(n_picked=100, n_labelled=60, n_unsure=2), 0.36, "not_ready")
    )
    assert line.name == "Line 4 night"
    assert (line.when, line.labelled) == ("12 Nov 2026 17:40", "62 of 100 labelled")
    assert (line.outcome, line.reported) == ("gap 36 pp · Not ready", True)


def test_what_is_not_there_yet_is_said_so():
    actual = captions.build_found_row(recent(ProjectStatus(n_picked=3, n_labelled=3))).labelled
    assert actual == "✓ 3 of 3 labelled"
    actual = captions.build_found_row(
        recent(ProjectStatus(n_recordings=1, n_frames=9, n_picked=3, n_labelled=1))
    ).next
    assert actual == "next: Label"
    line = captions.build_found_row(recent())
    assert line.labelled == "nothing picked yet"
    assert (line.outcome, line.reported) == ("no result yet", False)
    assert captions.format_outcome(None, "not_enough") == "Inconclusive"


def test_a_missing_and_a_broken_project_stay_in_the_list():
    missing = captions.build_missing_row("/media/dock/Dock 2.fieldcheck", Path("/media/dock"))
    assert missing.name == "Dock 2"
    assert (missing.state, missing.when) == ("missing", "/media/dock not found")
    expected = "It is damaged."
    assert captions.build_broken_row("/a/b.fieldcheck", "It is damaged.").labelled == expected


def test_a_model_is_its_file_and_what_it_does():
    facts = ModelSummary(
        "net", "net.onnx", "3f9a07c1" * 8, 8_600_000, "classification", (224, 256), "logits",
        RECEIPT,
    )  # fmt: skip
    assert captions.format_model_file(facts) == "net.onnx · 9 MB · SHA-256 3f9a07c1"
    expected = "object detection, input 256 × 224, 7 classes"
    assert captions.format_model_summary("detection", (224, 256), 7) == expected


def benchmark(score=None, claimed=None, reproduced=None, metric="accuracy"):
    return BenchmarkFacts("/data/clean", "imagefolder", 2000, claimed, score, metric, reproduced)


def test_the_benchmark_says_its_score_with_what_it_rests_on():
    figure, what, spread = captions.format_score(benchmark(estimate_wilson(1942, 2000)))
    assert (figure, what, spread) == ("97.1%", "correct: 1,942 of 2,000", "95% CI 96.3–97.7%")
    actual = captions.format_score(benchmark(estimate_wilson(5, 10), metric="frame_score"))[1]
    assert actual == "frames without errors: 5 of 10"
    expected = ("–", "not run on this computer yet", "2,000 images")
    assert captions.format_score(benchmark()) == expected


def test_a_claim_says_whether_it_came_out_here():
    assert captions.format_reference_score(benchmark()) == "no reference score stated"
    assert captions.format_reference_score(benchmark(claimed=0.971)) == "97.1%"
    expected = "37.1% (mAP at IoU 0.50)"
    assert captions.format_reference_score(benchmark(claimed=0.371, metric="map50")) == expected
    expected = "✓ 97.1%: reproduced"
    assert captions.format_reference_score(benchmark(claimed=0.971, reproduced=True)) == expected
    assert captions.format_reference_score(benchmark(claimed=0.971, reproduced=False)).startswith(
        "▲ 97.1%: not reproduced"
    )


@pytest.mark.parametrize(
    ("typed", "share"), [("3", 0.03), (" 2.5 ", 0.025), ("2,5", 0.025), ("0", 0.0), ("100", 1.0)]
)
def test_a_tolerance_is_typed_in_points(typed, share):
    assert captions.parse_tolerance(typed) == pytest.approx(share)


@pytest.mark.parametrize("typed", ["", "three", "-1", "101", "nan", "inf"])
def test_what_is_no_tolerance_is_none(typed):
    assert captions.parse_tolerance(typed) is None


def test_a_tolerance_is_shown_as_it_was_typed():
    assert [captions.format_tolerance(share) for share in (0.025, 0.01)] == ["2.5 pp", "1 pp"]
    assert captions.parse_tolerance(captions.format_tolerance_input(0.025)) == 0.025


def test_a_claim_is_typed_in_per_cent():
    expected = [0.971, 0.971, 0, 1]
    assert [captions.parse_claim(one) for one in ("97.1", "97,1 %", "0", "100")] == expected
    assert captions.parse_claim("  ") != captions.parse_claim("  ")  # nothing is claimed
    assert [captions.parse_claim(one) for one in ("x", "101", "-1")] == [None] * 3
    assert (captions.format_claim_input(0.971), captions.format_claim_input(None)) == ("97.1", "")


def test_what_a_score_may_be_stated_in_is_named():
    expected = (("frame_score", "frames without errors"), ("recall", "object recall"))
    assert captions.list_metric_options(("frame_score", "recall")) == expected


def test_a_spot_check_is_called_one():
    facts = BenchmarkFacts(
        "/data/clean", "imagefolder", 2000, 0.97, estimate_wilson(190, 200), "accuracy", True,
        spot=True,
    )  # fmt: skip
    assert captions.format_score(facts)[2].endswith("\nspot check of 200 of 2,000 images")


def test_the_samples_pictures_have_no_place_and_everybody_elses_have():
    actual = captions.format_benchmark_source(str(resources.get_resource_path("demo/benchmark")))
    assert actual == "demo project images"
    assert captions.format_benchmark_source("/site/benchmark") == "/site/benchmark"
    expected = "bccd, on the computer that created the pack"
    assert captions.format_benchmark_source("…2225cd57b3a914d6/bccd") == expected


@pytest.mark.parametrize(
    ("names", "told", "line"),
    [
        (("ok", "good"), True, "ok, good"),
        (("ok",), False, "proposed: ok"),
        ((), True, "none"),
        ((), False, ""),
    ],
)
def test_ok_classes_are_said_with_whether_they_are_only_proposed(names, told, line):
    assert captions.format_ok_classes(names, told) == line
