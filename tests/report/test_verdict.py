"""The word follows from the limits alone, and its reason stands beside it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from fieldcheck.analyses.limits import (
    build_limits_section,
    describe_open_cause,
    get_judged_limits,
    get_limit_mark,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import RateLimit
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import set_ok_classes
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import GapLimits, LatencyLimit, set_limits, set_rate_limits
from fieldcheck.report.assemble import build_report
from fieldcheck.report.explore_data import compute_round_result
from fieldcheck.report.folder import build_summary
from fieldcheck.report.summary_page import build_first_page
from fieldcheck.report.verdict_and_checklist import describe_reason, describe_verdict, get_verdict
from tests import makers
from tests.latency.made import FOUND
from tests.report.example_report import empty_report, estimate, example_report, judged
from tests.report.made_facts import decision, rates

GAP = GapLimits(0.03, "M. Berger", "2026-11-20", True)
HEALTHY_CLIPS, FRAMES = 24, 40  # 480 frames, of which every second frame is listed


def with_gap(lo, hi, verdict):
    report = example_report()
    gap = replace(report.gap, estimate=estimate((lo + hi) / 2, lo, hi, 100), verdict=verdict)
    return replace(report, gap=gap)


def states(report):
    return {one.code: (one.state, one.cause) for one in get_judged_limits(report)}


def test_a_limit_that_is_not_met_is_named_with_its_owner():
    assert describe_verdict(example_report()) == (
        "Not ready, because of gap 36 pp (18–58), limit 3 pp (M. Berger, 2026-11-20)."
    )


def test_a_gap_whose_reference_was_not_reproduced_is_measured_and_open():
    report = judged(with_gap(0.1, 0.3, "not_comparable"))
    judged_gap = next(one for one in get_judged_limits(report) if one.code == "gap")
    assert (judged_gap.state, judged_gap.cause) == ("inconclusive", "not_reproduced")
    assert get_limit_mark(judged_gap) == ("◔", "inconclusive")
    assert "reference score was not reproduced" in describe_open_cause(judged_gap)


def test_every_limit_met_is_ready_and_one_open_is_not():
    good = judged(with_gap(-0.01, 0.02, "pass"))
    assert good.readiness == "supervised_trial"
    assert describe_reason(get_verdict(good)).startswith("because every limit is met: gap")
    open_ = judged(good, latency=LatencyLimit(40.0, "Controls", "2026-11-21"))
    assert (open_.readiness, states(open_)["latency"]) == ("not_enough", ("inconclusive", "no_run"))
    assert describe_reason(get_verdict(open_)) == (
        "because the latency is inconclusive (no latency run was made), limit 40 ms (Controls, "
        "2026-11-21): run the latency test for ten minutes on the target computer."
    )


@pytest.mark.parametrize(("limit", "state"), [(0.35, "met"), (0.005, "not_met"), (0.2, "")])
def test_a_rate_is_judged_by_other_clips_and_a_broken_one_is_not_ready(limit, state):
    """Of this footage the rate lies between 3 and 16 %, of other clips between 1 and 30."""
    facts = {
        "decision": decision(limits=(RateLimit("escape_rate", limit, "QM"),)),
        "inspection": rates(),
    }
    report = judged(replace(with_gap(-0.01, 0.02, "pass"), results=facts))
    assert states(report)["escape_rate"][0] == (state or "inconclusive")
    words = {"met": "supervised_trial", "not_met": "not_ready", "": "not_enough"}
    assert report.readiness == words[state]


def test_a_limit_without_a_figure_is_open_with_why():
    limits = (RateLimit("escape_rate", 0.1, "QM"), RateLimit("confident_errors", 0.1, "QM"))
    report = example_report(results={"decision": decision(limits=limits)})
    assert states(report)["escape_rate"] == ("inconclusive", "not_measured")
    assert states(judged(empty_report(), rates=limits))["escape_rate"][1] == "no_labels"
    few = decision(
        limits=limits, confident_errors_cameras=Estimate.not_measured("too_few_clips", 40)
    )
    assert states(example_report(results={"decision": few}))["confident_errors"][1] == "few_clips"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"on_target": True}, ("met", "")),
        ({}, ("inconclusive", "other_machine")),
        (
            {"on_target": True, "total": replace(FOUND.total, p95_lo_ms=float("nan"))},
            ("inconclusive", "too_short"),
        ),
    ],
)
def test_the_latency_is_judged_on_the_target_alone(changes, expected):
    total = replace(FOUND.total, p95_lo_ms=30.0, p95_hi_ms=33.0)
    measured = replace(FOUND, **{"total": total, **changes})
    report = example_report(results={"latency": measured})
    ms = LatencyLimit(40.0, "Controls", "2026-11-21")
    assert states(judged(report, latency=ms))["latency"] == expected
    if expected[0] == "met":
        assert states(judged(report, latency=replace(ms, ms=20.0)))["latency"][0] == "not_met"


@pytest.mark.parametrize(
    ("verdict", "readiness", "reason"),
    [
        (None, "no_verdict", "because no frame is picked yet."),
        ("chosen_only", "no_verdict", "because only hard frames were selected"),
        ("not_comparable", "not_comparable", "because the measured score disagrees"),
        ("not_judgeable", "not_judgeable", "because none of 4 frames could be judged."),
    ],
)
def test_what_precedes_the_limits_has_a_word_and_a_reason_of_its_own(verdict, readiness, reason):
    report = example_report()
    report = judged(replace(report, gap=replace(report.gap, verdict=verdict)))
    assert report.readiness == readiness
    assert describe_reason(get_verdict(report)).startswith(reason)


def test_a_footage_of_two_clips_decides_nothing():
    report = with_gap(0.2, 0.4, "not_enough")
    report = judged(replace(report, gap=replace(report.gap, basis="footage")))
    assert states(report)["gap"] == ("inconclusive", "few_clips")
    assert "fewer than three clips" in describe_reason(get_verdict(report))


def test_nine_labels_are_a_range_and_no_figure():
    report = with_gap(0.2, 0.4, "not_enough")
    gap = replace(report.gap, estimate=estimate(0.3, 0.01, 0.6, 9))
    reason = describe_reason(get_verdict(judged(replace(report, gap=gap))))
    assert reason.startswith("because gap 1–60 pp from 9 labels is inconclusive (its interval")


def test_every_open_limit_is_named():
    limits = (RateLimit("escape_rate", 0.1, "QM"),)
    report = judged(with_gap(0.01, 0.2, "not_enough"), rates=limits)
    assert describe_reason(get_verdict(report)).endswith("; also open: Escape rate.")


def test_the_section_has_every_limit_with_owner_date_and_state():
    report = judged(example_report(), gap=GapLimits(), latency=LatencyLimit(40.0, "", ""))
    table = build_limits_section(report).blocks[0]
    rows = [[cell.text for cell in row] for row in table.rows]
    assert rows == [
        ["Gap", "at most 3 pp", "gap 36 pp (18–58)", "default limit, not confirmed", "✗ not met"],
        [
            "Latency, 95th percentile", "at most 40 ms", "no latency run was made",
            "no name given, date unknown", "– not measured",
        ],
    ]  # fmt: skip


@pytest.mark.long
def test_a_healthy_project_is_ready_for_a_supervised_trial(material, tmp_path):
    """478 of 480 right in 24 clips and every limit met."""
    clean = makers.benchmark_folder(tmp_path / "clean", each=80)
    wanted = {"benchmark": clean, "claimed": 1.0}
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", **wanted
    ) as project:
        for number in range(HEALTHY_CLIPS):
            film = makers.video(tmp_path / f"{number}.avi", makers.cycle(FRAMES), seed=number)
            makers.add_footage(project, film, camera="left")
        makers.draw(project, 480)
        wrong = iter([True, *[False] * 239, True, *[False] * 239])
        makers.label_all(project, lambda line: _call_frame(line, next(wrong)))
        set_ok_classes(project, ("green",))
        set_limits(project, GapLimits(0.1, "Q. Manager"))
        set_rate_limits(project, {"escape_rate": 0.15, "false_reject_rate": 0.2}, "Q. Manager")
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        report = build_report(project, "en", NullProgress(), makers.NOW)
        result = compute_round_result(project, "en")
    assert (report.field.n_labelled, report.field.n_clips) == (480, HEALTHY_CLIPS)
    assert report.field.footage.value == pytest.approx(478 / 480)
    assert {state for state, _ in states(report).values()} == {"met"}
    first, summary = build_first_page(report), json.loads(json.dumps(build_summary(report)))
    assert first.verdict == "Ready for a supervised trial"
    because = describe_reason(get_verdict(report))
    assert because.startswith("because every limit is met: gap")
    assert (summary["readiness"], summary["readiness_reason"]) == ("supervised_trial", because)
    assert (result.readiness, result.reason) == ("supervised_trial", because)
    assert {line.title for line in first.cards.reasons} == {
        "Gap within the limit", "Escape rate within the limit", "False-reject rate within the limit"
    }  # fmt: skip
    assert [row["state"] for row in summary["limits"]] == ["met", "met", "met"]


def _call_frame(line, wrong):
    shown = makers.COLOURS[line.frame.source_index // 4 % 3]
    return makers.COLOURS[(makers.COLOURS.index(shown) + 1) % 3] if wrong else shown
