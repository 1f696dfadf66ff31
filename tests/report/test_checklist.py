from dataclasses import replace

import pytest

from fieldcheck.analyses.releases_and_ranking import Releases, ReleaseStep
from fieldcheck.analyses.report_data import CheckRow, PredictionRow
from fieldcheck.analyses.retraining import RetrainAdvice, RetrainAlert
from fieldcheck.analyses.robustness import OOD_BEHAVIOUR, get_robustness
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.label import EvaluationSet
from fieldcheck.domain.model_card import Layer, Training
from fieldcheck.domain.robustness import CandidateCorruption, FieldMatch
from fieldcheck.domain.shift import MonitoringResult, ShiftLabels
from fieldcheck.labels.store import RepeatAgreement
from fieldcheck.project.limits import get_today
from fieldcheck.report import verdict_and_checklist
from tests.latency.made import FOUND
from tests.report.example_report import (
    change_report,
    empty_report,
    estimate,
    example_report,
    probed,
    slices,
    stressed,
)
from tests.report.example_report import judged as judge


def test_every_rule_has_a_number_of_its_own_and_asks_for_something():
    rules = verdict_and_checklist.RULES.values()
    assert len({rule.position for rule in rules}) == len(rules) == 20
    assert len({rule.demand() for rule in rules}) == len(rules)
    assert not set(verdict_and_checklist.RULES) & {rule.demand() for rule in rules}


def test_the_lines_before_a_trial_come_first_and_are_those_that_a_trial_can_have_met():
    phases = [rule.phase for rule in verdict_and_checklist.RULES.values()]
    assert phases == sorted(phases, key=verdict_and_checklist.PHASES.index)
    first = [key for key, rule in verdict_and_checklist.RULES.items() if rule.phase == "trial"]
    assert first == ["reproduced", "label_agreement", "latency", "blind_labels", "twelve_clips"]
    last = {key for key, rule in verdict_and_checklist.RULES.items() if rule.phase == "operation"}
    assert last == {"prediction_log", "held_out_drop", "retrain_rules"}


def test_an_unknown_rule_of_an_earlier_report_stands_for_itself():
    assert verdict_and_checklist.get_rule_demand("luck") == "luck"
    assert (
        verdict_and_checklist.get_rule_demand("domain")
        == verdict_and_checklist.RULES["domain"].demand()
    )


def test_every_rule_says_what_would_measure_it():
    sentences = {rule.how_to_measure() for rule in verdict_and_checklist.RULES.values()}
    assert len(sentences - {""}) == len(verdict_and_checklist.RULES)


def test_the_figure_is_printed_in_its_own_unit():
    assert (
        verdict_and_checklist.format_check_figure(CheckRow("held_out_drop", "fail", 0.361))
        == "36 pp"
    )
    assert (
        verdict_and_checklist.format_check_figure(CheckRow("thousand_frames", "pass", 1200.0))
        == "1200"
    )
    assert verdict_and_checklist.format_check_figure(CheckRow("domain", "pass", 0.85)) == "0.85"
    assert verdict_and_checklist.format_check_figure(CheckRow("domain", "not_measured")) == ""
    assert verdict_and_checklist.format_check_figure(CheckRow("tipping", "fail", 2.5)) == "2.5"
    assert verdict_and_checklist.format_check_figure(CheckRow("nonsense", "fail", 0.981)) == "98%"


def judged(report):
    return {
        row.rule: (row.state, row.figure)
        for row in verdict_and_checklist.with_checklist(report).checklist
    }


def test_every_rule_has_its_line_and_what_nobody_measured_stays_so():
    rows = verdict_and_checklist.with_checklist(empty_report()).checklist
    assert tuple(row.rule for row in rows) == tuple(verdict_and_checklist.RULES)
    assert {row.state for row in rows} == {"not_measured"}


@pytest.mark.parametrize(("reproduced", "state"), [
    (True, "pass"), (False, "fail"), (None, "not_measured"),
])  # fmt: skip
def test_a_reference_score_is_reproduced_or_not(reproduced, state):
    report = example_report()
    benchmark = replace(report.benchmark, reproduced=reproduced)
    assert judged(replace(report, benchmark=benchmark))["reproduced"] == (state, None)
    assert judged(replace(report, benchmark=None))["reproduced"] == ("not_measured", None)


@pytest.mark.parametrize(("blind", "state"), [
    (True, "pass"), (False, "fail"), (None, "not_measured"),
])  # fmt: skip
def test_labels_are_blind_only_where_every_one_is(blind, state):
    report = example_report()
    found = judged(replace(report, field=replace(report.field, blind=blind)))
    assert found["blind_labels"] == (state, None)


@pytest.mark.parametrize(("clips", "state"), [(11, "too_few"), (12, "pass")])
def test_twelve_clips_are_asked_for(clips, state):
    report = example_report()
    found = judged(replace(report, field=replace(report.field, n_clips=clips)))
    assert found["twelve_clips"] == (state, clips)
    assert judged(empty_report())["twelve_clips"] == ("not_measured", None)


def test_a_line_that_does_not_apply_has_a_name_and_is_not_judged():
    exempted = {"latency": ("Q. Manager", "2026-11-28")}
    rows = verdict_and_checklist.with_checklist(example_report(), exempted).checklist
    row = next(row for row in rows if row.rule == "latency")
    assert row == CheckRow("latency", "not_applicable", None, "Q. Manager", "2026-11-28")
    assert verdict_and_checklist.describe_open_row(row) == "Q. Manager, 2026-11-28"
    assert "does not apply" in verdict_and_checklist.format_row(row)


def test_that_a_line_does_not_apply_is_an_act_that_is_undone(empty):
    assert verdict_and_checklist.load_exempted(empty) == {}
    verdict_and_checklist.exempt_rule(empty, "latency", " Q. Manager ")
    said = {"latency": ("Q. Manager", get_today())}
    assert verdict_and_checklist.load_exempted(empty) == said
    verdict_and_checklist.require_rule(empty, "latency")
    assert verdict_and_checklist.load_exempted(empty) == {}
    assert empty.undo().act == "checklist.set"
    assert verdict_and_checklist.load_exempted(empty) == said
    empty.undo()
    assert verdict_and_checklist.load_exempted(empty) == {}


@pytest.mark.parametrize(("rule", "by"), [("luck", "QM"), ("latency", "  ")])
def test_no_line_is_exempted_that_there_is_not_or_without_a_name(empty, rule, by):
    with pytest.raises(ValueError, match="rule and a name"):
        verdict_and_checklist.exempt_rule(empty, rule, by)


@pytest.mark.parametrize(("n", "state"), [(0, "not_measured"), (19, "too_few"), (20, "pass")])
def test_a_trial_is_twenty_shifts_long(n, state):
    facts = MonitoringResult("net", (None,) * n, {}, {})
    found = judged(example_report(results={"monitor": facts}))["trial_log"]
    assert found == (state, n or None)


@pytest.mark.parametrize(("advice", "state"), [
    ("none", "pass"), ("look", "too_few"), ("collect", "fail"), ("retrain_candidate", "fail"),
])  # fmt: skip
def test_a_violated_retraining_rule_stands_in_operation(advice, state):
    alert = RetrainAlert("drop", "v2", "quiet", estimate(0.01, -0.01, 0.02, 100))
    facts = {"retrain": RetrainAdvice(advice, (alert,), ())}
    assert judged(example_report(results=facts))["retrain_rules"] == (state, None)
    facts = {"retrain": RetrainAdvice("none", (), ())}
    assert judged(example_report(results=facts))["retrain_rules"] == ("not_measured", None)


def test_frames_that_nobody_selected_are_counted_once_each():
    rows = [
        PredictionRow("footage", "m", "r", f"f{n}", rank) for n in range(999) for rank in (1, 2)
    ]
    rows.append(PredictionRow("benchmark", "m", "r", "a.png", 1))
    expected = ("too_few", 999)
    assert judged(example_report(prediction_rows=tuple(rows)))["thousand_frames"] == expected
    rows.append(PredictionRow("field", "m", "r", "f999", 1))
    assert judged(example_report(prediction_rows=tuple(rows)))["thousand_frames"] == ("pass", 1000)


def test_a_blind_spot_fails_and_what_was_not_tested_is_not_measured():
    spot, fine = slices()[0], slices()[1]
    assert judged(example_report(slices=(spot, fine)))["blind_spots"] == ("fail", 1)
    actual = judged(example_report(slices=(replace(fine, p=None),)))["blind_spots"]
    assert actual == ("not_measured", None)
    assert judged(example_report(slices=(fine,)))["blind_spots"] == ("pass", 0)
    actual = judged(example_report(slices=(replace(fine, flag="too_few", p=None),)))["blind_spots"]
    assert actual == ("not_measured", None)


def test_nonsense_is_judged_by_the_limits_of_every_family():
    report = probed()
    state, figure = judged(report)["nonsense"]
    assert state == "fail"
    assert figure == max(row.rate.value for row in OOD_BEHAVIOUR.get_result(report).families)
    quiet = tuple(
        replace(row, rate=estimate(0.0, 0.0, 0.019, 200))
        for row in OOD_BEHAVIOUR.get_result(report).families
    )
    actual = judged(
        change_report(report, probes=replace(OOD_BEHAVIOUR.get_result(report), families=quiet))
    )["nonsense"]
    assert actual == ("pass", 0.0)
    unclear = (*quiet[1:], replace(quiet[0], rate=estimate(0.04, 0.02, 0.08, 200)))
    actual = judged(
        change_report(report, probes=replace(OOD_BEHAVIOUR.get_result(report), families=unclear))
    )["nonsense"]
    assert actual == ("too_few", 0.04), "an upper limit above the line is no proof"


def test_three_sets_are_there_or_too_few():
    score, none = estimate(0.9, 0.8, 0.95, 100), Estimate.not_measured("no_set")
    two = (
        EvaluationSet("clean", "", 100, score),
        EvaluationSet("damaged", "", 100, score),
        EvaluationSet("collected", "", 0, none),
    )
    assert judged(example_report(sets=two))["three_slices"] == ("too_few", 2)
    actual = judged(example_report(sets=(*two[:2], replace(two[2], score=score))))["three_slices"]
    assert actual == ("pass", 3)


def test_a_damage_that_tips_the_model_counts_where_the_field_looks_like_it():
    report = stressed()
    tips = {row.corruption: row.tipping for row in get_robustness(report).sweep.rows}
    for name, tipping in tips.items():
        named = CandidateCorruption(name, name, 2.0, 0.8, 0.0)
        field_match = FieldMatch(named, "", (named,), 1.0)
        state, figure = judged(change_report(report, field_match=field_match))["tipping"]
        if name == "none":
            continue
        assert (state, figure) == (
            ("fail", tipping) if tipping is not None and tipping <= 3 else ("pass", None)
        )
    actual = judged(change_report(report, field_match=FieldMatch(None, "undecided", (), 0.4)))[
        "tipping"
    ]
    assert actual == ("not_measured", None)
    assert judged(change_report(report, field_match=None))["tipping"] == ("not_measured", None)


@pytest.mark.parametrize(
    ("agreement", "state"),
    [((0.98, 0.93, 0.99), "pass"), ((0.9, 0.8, 0.95), "too_few"), ((0.6, 0.5, 0.7), "fail")],
)
def test_labels_are_agreed_on_between_two_people(agreement, state):
    kappa = Estimate.not_measured("")
    two = RepeatAgreement("other", 40, estimate(*agreement, 40), kappa, kappa, kappa)
    report = example_report()
    changed = replace(report, provenance=replace(report.provenance, repeats=(two,)))
    assert judged(changed)["label_agreement"] == (state, agreement[0])
    few = replace(report.provenance, repeats=(replace(two, n=19),))
    found = judged(replace(report, provenance=few))["label_agreement"]
    assert found == ("too_few", agreement[0])
    alone = replace(report.provenance, repeats=(replace(two, how="same"),))
    assert judged(replace(report, provenance=alone))["label_agreement"] == ("not_measured", None)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ((0.0, -0.02, 0.02), "pass"),
        ((-0.08, -0.12, -0.04), "fail"),
        ((-0.04, -0.09, 0.01), "too_few"),
    ],
)
def test_the_drop_since_the_last_release_is_judged_by_its_range(change, state):
    moved = Estimate(*change, 100, 12.0, "clip_change")
    step = ReleaseStep("v1", "v2", 1, 2, moved, ChangeVerdict(moved))
    report = example_report(results={"releases": Releases(100, (), (step,), ())})
    assert judged(report)["held_out_drop"] == (state, -change[0])


def test_a_drop_that_holds_for_this_footage_alone_is_open():
    moved = Estimate(0.0, -0.02, 0.02, 300, 300.0, "paired")
    alone = ChangeVerdict(Estimate.not_measured("too_few_clips", 300, 0.0))
    step = ReleaseStep("v1", "v2", 1, 1, moved, alone)
    report = example_report(results={"releases": Releases(300, (), (step,), ())})
    assert judged(report)["held_out_drop"] == ("too_few", 0.0)


def test_the_last_blocks_differ_from_the_base():
    layers = tuple(Layer(f"conv{n}", True, n < 2) for n in range(6))
    assert judged(example_report(training=Training("base", layers)))["frozen_layers"] == ("pass", 4)
    frozen = tuple(replace(layer, same=True) for layer in layers)
    assert judged(example_report(training=Training("base", frozen)))["frozen_layers"] == ("fail", 0)
    expected = ("not_measured", None)
    assert judged(example_report(training=Training(notes="by hand")))["frozen_layers"] == expected


def test_a_model_that_may_be_fed_otherwise_is_not_judged_by_its_answers():
    report = example_report(slices=slices())
    report = verdict_and_checklist.with_checklist(
        judge(replace(report, gap=replace(report.gap, verdict="not_comparable")))
    )
    assert {row.rule: row.state for row in report.checklist}["blind_spots"] == "not_measured"
    assert report.readiness == "not_comparable"


def test_no_line_of_the_checklist_changes_the_word():
    report = example_report(slices=slices())
    report = judge(replace(report, gap=replace(report.gap, verdict="pass")))
    assert (report.readiness, judged(report)["blind_spots"][0]) == ("supervised_trial", "fail")
    assert verdict_and_checklist.with_checklist(report).readiness == "supervised_trial"


@pytest.mark.parametrize(
    ("other", "state"),
    [
        ({}, "not_measured"),
        ({"target_fps": (15.0,)}, "too_few"),  # not on the target
        ({"target_fps": (15.0,), "on_target": True}, "pass"),
        ({"target_fps": (30.0,), "on_target": True}, "fail"),
        ({"target_mb": 300.0, "on_target": True}, "fail"),
        ({"target_fps": (15.0,), "on_target": True, "seconds": 300.0}, "too_few"),
        ({"target_fps": (15.0,), "on_target": True, "load": "none"}, "too_few"),
    ],
)
def test_ten_minutes_under_load_on_the_target_are_held_against_what_was_declared(other, state):
    found, figure = judged(example_report(results={"latency": replace(FOUND, **other)}))["latency"]
    assert found == state
    assert figure == (None if state == "not_measured" else 31.0)


@pytest.mark.parametrize(
    ("days", "state"), [(None, "not_measured"), (41.6, "too_few"), (42.0, "pass")]
)
def test_a_log_that_reached_over_six_weeks_was_kept_so_long(days, state):
    facts = MonitoringResult("net", (), ShiftLabels(20, 0.14), {}, (), (), days)
    assert judged(example_report(results={"monitor": facts}))["prediction_log"] == (state, days)
