from dataclasses import replace

import pytest

from fieldcheck.analyses.blocks import OptionalBlock, Paragraph
from fieldcheck.analyses.failures import FAILURES, Failures
from fieldcheck.analyses.fix_search import FixSearch
from fieldcheck.analyses.gap_headline import GapPlan
from fieldcheck.corruptions.fix_candidates import FixCandidate, FixResult, FixTrial
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.report import RateLimit
from fieldcheck.project.limits import LatencyLimit
from fieldcheck.report.findings import (
    build_action_summary,
    build_action_table,
    build_finding_blocks,
    list_actions,
    list_first_steps,
    list_test_facts,
    list_worst_slices,
)
from fieldcheck.stats.confusion_matrix import ClassScore
from fieldcheck.stats.gap import LabelPlan
from fieldcheck.stats.wilson_interval import estimate_wilson
from tests.latency.made import FOUND
from tests.report.example_report import (
    change_report,
    empty_report,
    estimate,
    example_report,
    judged,
    slices,
)
from tests.report.made_facts import decision, finding


def with_gap(**changes):
    report = example_report()
    return replace(report, gap=replace(report.gap, **changes))


def with_field(**changes):
    report = example_report()
    return replace(report, field=replace(report.field, **changes))


def test_blind_spots_come_before_classes():
    expected = ["dark", "crack"]
    assert [line.name for line in list_worst_slices(example_report(slices=slices()))] == expected


def test_a_clip_is_named_by_its_source_and_time_not_by_its_id():
    (spot, *_) = slices()
    report = example_report(
        slices=(replace(spot, key="clip", value="ab12.0"),),
        clip_names={"ab12.0": "c2_oiling_dusk, 05:52"},
    )
    assert list_worst_slices(report)[0].name == "c2_oiling_dusk, 05:52"


def test_a_class_is_named_only_when_its_whole_range_lies_below_all_frames():
    names = [line.name for line in list_worst_slices(example_report())]
    # scratch has a lower value than all frames, but its range reaches above them
    assert names == ["crack"]


def test_it_is_said_what_the_class_was_called_instead():
    (line,) = list_worst_slices(example_report())
    assert "9 of 19 were predicted as OK." in line.rest


def test_a_score_is_never_without_its_range_and_its_n():
    for line in list_worst_slices(example_report(slices=slices())):
        assert "n = " in line.rest
        assert "–" in line.rest


def test_when_nothing_stands_out_that_is_said():
    (line,) = list_worst_slices(example_report(per_class=()))
    assert "No class and no slice demonstrated below" in line.rest


def test_before_any_label_nothing_is_claimed():
    (line,) = list_worst_slices(empty_report())
    assert "No frame has both a definite label and a prediction" in line.rest


@pytest.mark.parametrize(
    ("report", "place"),
    [
        (empty_report(), "Capture, “Import video files”"),
        (with_field(n_picked=0), "(Pick)"),
        (with_field(n_labelled=0), "Pick, “Import labels…”"),
        (example_report(model=None), "Project, “Model”"),
        (example_report(benchmark=None), "Project, “Benchmark”"),
        (
            example_report(benchmark=None, is_benchmark_set=True),
            "Run the model on the benchmark (Explore, “Run model”)",
        ),
        (with_field(footage=Estimate.not_measured("no_labels")), "Explore, “Run model”"),
        (with_gap(verdict="not_comparable"), "Project, “Diagnose model”"),
        (with_gap(verdict="chosen_only"), "(Pick)"),
    ],
    ids=[
        "footage",
        "picks",
        "labels",
        "model",
        "benchmark",
        "benchmark not run",
        "run",
        "not comparable",
        "chosen",
    ],
)
def test_the_first_step_is_the_one_that_is_missing(report, place):
    assert place in list_first_steps(report)[0].sentence


@pytest.mark.parametrize(("hits", "listed"), [(4, True), (7, False)])
def test_a_class_of_a_census_is_listed_only_where_it_is_worse_beyond_chance(hits, listed):
    """All frames are counted, so its score has no range; 7 of 10 against 80 % may be chance."""
    recall = estimate_wilson(hits, 10).count_in_full()
    score = ClassScore("crack", 10, recall, recall, recall.value)
    report = with_field(footage=estimate_wilson(80, 100).count_in_full())
    results = {**report.results, FAILURES.key: Failures((score,), None, ())}
    report = replace(report, results=results)
    named = [line.name for line in list_worst_slices(report)]
    assert ("crack" in named) == listed


def test_what_was_tested_names_when_where_light_and_n():
    said = dict(list_test_facts(example_report().visits[0]))
    assert said["Date and time"] == "2026-11-24 22:38 UTC – 2026-11-24 23:13 UTC"
    assert said["Conditions (several may apply)"] == "dark 48, normal light 31, glare 21"
    assert said["Labelled"] == "100 frames"
    assert said["Footage"] == "10 min 2 s, 6 clips, 1,200 frames sampled"


def test_what_nobody_said_is_not_known():
    visit = replace(
        example_report().visits[0], first_at="", last_at="", locations=(), cameras=(), conditions=()
    )
    said = dict(list_test_facts(visit))
    assert {
        said[name]
        for name in ("Date and time", "Location", "Cameras", "Conditions (several may apply)")
    } == {"unknown"}


PLAN = GapPlan("not_met", 12, 30, LabelPlan(20, 5), 8, 20, 12, 40)
MET = {"verdict": "not_enough"}


def made(gap=(), field=(), limits=(), **facts):
    report = example_report(results={"decision": decision(**facts)})
    changed = replace(report.field, **dict(field))
    return judged(
        replace(report, gap=replace(report.gap, **dict(gap)), field=changed), **dict(limits)
    )


def codes(report):
    return [one.code for one in list_actions(report)]


def words(report):
    return [row[1].text for row in build_action_table(report).rows]


def open_gap(**changes):
    return made(gap=MET | {"plan": replace(PLAN, **changes)})


def test_labels_that_decide_and_can_be_made_are_the_one_action():
    assert words(open_gap()) == ["Label 12 more frames."]
    (row,) = build_action_table(open_gap()).rows
    assert [cell.text for cell in row[2:5]] == [
        "about a 50% chance of a conclusive result", "yes: 40 frames without a label", "inspector",
    ]  # fmt: skip
    other = open_gap(more_same=None)
    assert words(other) == ["Label 30 more frames."]


def test_where_labels_cannot_be_made_clips_are_recorded_and_the_footage_may_be_decided():
    report = open_gap(open_same=11, open_labels=29)
    assert words(report) == [
        "Record 8 more clips on other days and label 5 frames from each.",
        "Label 20 more frames, which decides for this footage alone.",
    ]
    assert codes(open_gap(open_same=0, open_labels=0)) == ["record"]


@pytest.mark.parametrize(("obstacle", "said"), [
    ("benchmark", "Add images to the benchmark"),
    ("at_limit", "no number of labels decides"),
    ("too_close", "too close to its limit for 300 clips"),
])  # fmt: skip
def test_what_no_label_decides_asks_for_none(obstacle, said):
    report = open_gap(obstacle=obstacle)
    assert codes(report) == ["step"]
    assert said in words(report)[0]


def test_a_small_benchmark_is_said_how_many_images_it_lacks():
    (action,) = list_actions(open_gap(obstacle="benchmark", benchmark_images=250))
    assert (action.step, action.n) == ("benchmark_images", 250)
    assert "until it has about 250 images" in action.sentence


def test_an_open_rate_and_an_open_latency_have_a_step_of_their_own():
    limits = {
        "rates": (RateLimit("escape_rate", 0.1, "QM"),),
        "latency": LatencyLimit(40.0, "Controls", ""),
    }
    assert words(made(gap={"verdict": "pass"}, limits=limits)) == [
        "Escape rate: met at the earliest with 19 clips that show defects, none escaped.",
        "Latency, 95th percentile: run the latency test for ten minutes on the target computer.",
    ]


def test_once_decided_nothing_is_recorded_or_labelled():
    for gap in ({"verdict": "fail"}, {"verdict": "pass"}):
        report = made(gap=gap | {"plan": PLAN}, waiting=4, drawable=400)
        assert not {"label", "label_footage", "record"} & set(codes(report))
    assert words(made(gap={"verdict": "pass"}))[0].startswith("Start the supervised trial")


def test_not_ready_names_what_was_demonstrated_then_training():
    place = made(findings=(finding(demonstrated=True),))
    assert codes(place) == ["change_site", "collect"]
    of_class = made(findings=(finding(key="class", value="crack", demonstrated=True),))
    assert codes(of_class) == ["step", "collect"]
    nothing = {"findings": ()}
    assert "search for a change of preprocessing" in words(made(**nothing))[0]
    assert codes(made(**nothing)) == ["step", "collect"]
    few = made(field={"n_labelled": 9}, **nothing)
    assert codes(few) == ["step"]  # nine labels are not sent to training


def trial_of(direction, **changed):
    verdict = ChangeVerdict(estimate(0.2, 0.05, 0.3, 96), 0.01, direction)
    return FixTrial(FixCandidate(**changed), verdict)


def searched(*trials):
    search = FixResult("net", 0, 96, 12, trials)
    return FixSearch(search.state, 96, 12, "", (), None, (), search)


def test_the_fix_search_is_asked_for_where_it_can_be_made_and_was_not():
    report, gamma = made(findings=()), {"steps": ("gamma_0.67",)}

    def steps(found, clips=12):
        facts = {**report.results, "fix": found} if found else report.results
        field = replace(report.field, n_clips=clips)
        shown = list_actions(replace(report, results=facts, field=field))
        return [one.step or one.code for one in shown]

    assert steps(None) == ["fix_search", "collect"]
    assert steps(None, clips=4) == ["search_clips", "collect"]
    assert steps(searched(trial_of("", **gamma))) == ["collect"], "it was done, and found nothing"
    shown = replace(
        report, results={**report.results, "fix": searched(trial_of("better", **gamma))}
    )
    assert words(shown)[0] == (
        "Make the change demonstrated for these cameras, then label a new sample: brighter "
        "(gamma 0.67)."
    )
    assert steps(searched()) == ["fix_search", "collect"], "there were too few clips then"


def test_a_latency_alone_sends_nobody_to_training():
    latency = replace(FOUND, on_target=True, total=replace(FOUND.total, p95_lo_ms=30, p95_hi_ms=33))
    report = made(gap={"verdict": "pass"})
    report = change_report(report, results={**report.results, "latency": latency})
    assert words(judged(report, latency=LatencyLimit(20.0, "", ""))) == [
        "Reduce the latency of the model, or replace the computer."
    ]


@pytest.mark.parametrize("verdict", ["not_comparable", "chosen_only"])
def test_what_stands_before_everything_else_stands_alone(verdict):
    assert codes(made(gap={"verdict": verdict}, field={"n_clips": 20})) == ["step"]


def test_the_json_has_every_action_with_its_counts():
    expected = {"code": "label", "n": 12, "available": 40, "key": "", "value": "", "step": ""}
    assert build_action_summary(open_gap())["actions"] == [expected]
    assert codes(empty_report()) == ["step"]


def list_paragraphs(blocks):
    """Texts of paragraphs, also of those that may give way on paper."""
    whole = [block.block if isinstance(block, OptionalBlock) else block for block in blocks]
    return [block.text for block in whole if isinstance(block, Paragraph)]


def test_largest_differences_are_one_line_without_mark_or_action():
    open_one = finding(demonstrated=False, difference=estimate(0.28, -0.09, 0.53, 25))
    report = made(findings=(), largest=(open_one,))
    lines = list_paragraphs(build_finding_blocks(report))
    expected = (
        "Largest differences from the rest, not demonstrated: "
        "Oiling station (location) 28 pp (−9 to 53, n = 25)."
    )
    assert lines[-1] == expected
    assert not any("▲" in line or "△" in line for line in lines)
    assert all(one.for_slice == ("", "") for one in list_actions(report))
