from dataclasses import replace

from fieldcheck.analyses.blocks import Pairs, Paragraph, Table
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.gap import count_labels_for_five_points
from fieldcheck.analyses.report_data import CheckRow
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report import background
from fieldcheck.report.verdict_and_checklist import RULES
from tests.report.example_report import change_report, empty_report, example_report


def table(section):
    return next(block for block in section.blocks if isinstance(block, Table))


def list_tables(section):
    return [block for block in section.blocks if isinstance(block, Table)]


def pairs(section):
    return dict(row for block in section.blocks if isinstance(block, Pairs) for row in block.rows)


def said(section):
    return " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))


def with_benchmark(**changes):
    report = example_report()
    return replace(report, benchmark=replace(report.benchmark, **changes))


def with_field(**changes):
    report = example_report()
    return replace(report, field=replace(report.field, **changes))


def test_the_measured_score_stands_beside_the_claimed_one():
    text = said(background.build_benchmark_section(example_report()))
    assert "Measured here: 97.1% (96.3–97.7%, n = 2,000). The two do not disagree." in text


def test_a_claim_that_was_not_met_is_said_to_be_so():
    expected = "The two disagree: preprocessing may differ from "
    assert expected in said(background.build_benchmark_section(with_benchmark(reproduced=False)))
    expected = "not measured here"
    assert expected in said(background.build_benchmark_section(with_benchmark(reproduced=None)))
    actual = said(background.build_benchmark_section(with_benchmark(claimed=None, reproduced=None)))
    assert "No reference score" in actual


def test_both_sides_stand_in_one_table_with_range_and_n():
    rows = [
        [cell.text for cell in row]
        for row in table(background.build_benchmark_section(example_report())).rows
    ]
    assert rows[0] == ["Accuracy", "97.1% (96.3–97.7%, n = 2,000)", "61% (51–70%, n = 100)"]
    assert rows[1][0] == "Balanced accuracy (every class counts equally)"
    assert rows[-1] == ["Accuracy, hardest 20%", "–", "45% (31–60%, n = 40)"]


def test_a_score_without_spread_says_why_it_has_no_range():
    alike = Estimate.from_limits(
        1.0, 1.0, 1.0, n=30, n_eff=30.0, method="bootstrap_frames"
    ).with_weak_status("no_spread")
    report = with_benchmark(
        metrics={"map": alike}, compared_metric="map", compared=alike, reproduced=None
    )
    text = said(background.build_benchmark_section(report))
    assert (
        "Benchmark, Mean average precision (COCO, IoU 0.50 to 0.95): all 30 frames have the "
        "same result"
    ) in text
    assert "100% (no CI, n = 30), without a CI, so the two cannot be compared." in text


def test_without_a_benchmark_nothing_is_compared():
    expected = "No benchmark set; the field score cannot be compared."
    assert said(background.build_benchmark_section(empty_report())) == expected


def test_every_line_of_the_checklist_has_its_state_in_words():
    tables = list_tables(background.build_readiness_section(example_report()))
    assert [one.caption for one in tables] == ["Before a supervised trial", "Before release"]
    rows = [[cell.text for cell in row] for one in tables for row in one.rows]
    assert [row[1] for row in rows] == ["✗ not met", "✓ met", "◔ too few", "– not measured"]
    assert [row[2] for row in rows] == ["31.0 ms", "1200", "19", ""]
    expected = "No checklist item was evaluated."
    assert said(background.build_readiness_section(empty_report())) == expected


def test_a_list_that_nobody_judged_says_so_in_every_line():
    checklist = tuple(CheckRow(rule, "not_measured") for rule in RULES)
    tables = list_tables(background.build_readiness_section(example_report(checklist=checklist)))
    words = [row[1].text for one in tables for row in one.rows]
    assert words == ["– not measured"] * len(RULES)


def test_how_it_was_made_names_design_seed_labels_and_model():
    found = pairs(background.build_methods_section(example_report()))
    assert found["Sampling design"].startswith("balanced")
    assert found["Hardest 20%"] == "40 picked of 240 sampled, 40 labelled, 18 correct"
    assert found["Random seed"] == "20261124 (entered)"
    expected = "100 of 104 labelled, 4 unsure, 0 skipped, 0 excluded before labelling"
    assert found["Labels"] == expected
    assert found["Blind"] == "yes"
    assert found["Sampled"] == "1,200 frames; 7 skipped: image feed frozen"
    assert found["SHA-256"] == "3f9a07c1" * 8
    assert found["size"] == "224 × 224"
    assert found["Labelling speed"] == "2.4 s per frame (median)"


def test_the_camera_interval_says_what_the_frames_are_worth():
    assert pairs(background.build_methods_section(example_report()))[
        "95% CI, other clips of these cameras"
    ].endswith("effective sample size 32")
    report = with_field(camera=Estimate.not_measured("too_few_clips"))
    actual = pairs(background.build_methods_section(report))["95% CI, other clips of these cameras"]
    assert actual == "none: requires at least 3 clips"


def test_a_census_is_called_one():
    methods_section = background.build_methods_section(with_field(census=True))
    assert pairs(methods_section)["Sampling design"].startswith("census")


def test_a_draw_after_labels_is_said():
    report = with_field(n_draws=3, labels_existed=True)
    actual = pairs(background.build_methods_section(report))["Samples drawn"]
    assert actual == "3; the last one, drawn after labelling started"


def test_the_appendix_lists_the_classes_that_occur_and_explains_the_words():
    section = background.build_appendix_section(example_report())
    assert [row[0].text for row in table(section).rows][:2] == ["OK", "crack"]
    assert {"Gap", "Clip", "95% CI", "Hardest 20%"} <= set(pairs(section))


def test_a_project_without_anything_says_so_everywhere():
    assert "No model in this project yet." in said(background.build_methods_section(empty_report()))
    expected = "no frames picked yet"
    assert pairs(background.build_methods_section(empty_report()))["Sampling design"] == expected
    assert "No frame has both a definite label" in said(
        background.build_appendix_section(empty_report())
    )


def test_the_labels_for_five_points_follow_from_score_and_design_effect():
    score = Estimate.from_limits(
        0.65, 0.5, 0.8, n=100, n_eff=100 / 1.5, method="beta_binomial_clips"
    )
    nothing = Estimate.not_measured("no_labels")
    n = count_labels_for_five_points(nothing, score)
    found = pairs(background.build_methods_section(with_field(labels_for_five_points=n)))
    expected = "about 520 at the current score, from further similar clips"
    assert found["Labels for a 95% CI of ±5 pp"] == expected
    assert count_labels_for_five_points(score, nothing) == n
    assert count_labels_for_five_points(nothing, nothing) is None
    assert count_labels_for_five_points(replace(score, n=9), nothing) is None
    found = pairs(background.build_methods_section(with_field(labels_for_five_points=None)))
    assert found["Labels for a 95% CI of ±5 pp"] == "not measured"


def test_nine_labels_have_no_figure_that_stands_without_its_range():
    nine = replace(example_report().field.footage, n=9)
    few = with_field(camera=None, footage=nine)
    few = change_report(
        few,
        per_class=(replace(get_failures(few).per_class[0], n=9), get_failures(few).per_class[1]),
    )
    figures = [
        [cell.text for cell in row] for row in table(background.build_appendix_section(few)).rows
    ]
    assert (figures[0][-1], figures[1][-1] != "–") == ("–", True)
    assert count_labels_for_five_points(nine, Estimate.not_measured("few_clips")) is None
    checklist = (
        CheckRow("rare_classes", "too_few", 0.13),
        CheckRow("thousand_frames", "too_few", 30.0),
    )
    asked = replace(few, checklist=checklist)
    actual = [row[2].text for row in table(background.build_readiness_section(asked)).rows]
    assert actual == ["", "30"]


def test_a_size_is_multiplied_and_a_mean_is_a_list():
    report = example_report()
    preprocessing_record = {"size": [32, 32], "mean": [0.0, 0.5], "range": [0.0, 0.9996]}
    fed = replace(report.model, preprocessing_record=preprocessing_record)
    found = pairs(background.build_methods_section(replace(report, model=fed)))
    assert (found["size"], found["mean"], found["range"]) == ("32 × 32", "0.0, 0.5", "0.0, 0.9996")


def test_without_a_benchmark_the_classes_of_boxes_are_not_told_as_uncompared():
    actual = said(background.build_appendix_section(example_report(per_class=(), benchmark=None)))
    assert "Per-class results for boxes require a benchmark run." in actual
