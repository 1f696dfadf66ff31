from dataclasses import replace
from math import nan

from fieldcheck.analyses import report_data
from fieldcheck.analyses import robustness as breaking
from fieldcheck.analyses import robustness as tested_on
from fieldcheck.analyses.blocks import Gallery, Heading, Paragraph, Table
from fieldcheck.analyses.report_data import ReportedPair
from fieldcheck.analyses.robustness import STRESS_COLUMNS, format_stress_csv, get_robustness
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import EvaluationSet
from fieldcheck.domain.robustness import SavedComparison
from fieldcheck.i18n import language
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import build_page
from tests.report.example_report import change_report, estimate, example_report, picture, stressed


def shown(report):
    with language.use_language("en"):
        return breaking.build_robustness_section(report).blocks


def texts(row):
    return [cell.text for cell in row]


def test_without_a_sweep_the_section_says_how_to_make_one():
    (only,) = shown(example_report())
    assert isinstance(only, Paragraph)
    assert "Stress, “Run sweep”" in only.text


def test_each_set_has_a_heat_table_with_what_tips_first_on_top():
    _note, heading, table, *_ = shown(stressed())
    assert isinstance(heading, Heading)
    assert heading.text == "Benchmark, n = 200"
    expected = ["Corruption", "clean", "mild", "moderate", "severe", "Tipping point"]
    assert texts(table.heads) == expected
    assert [row[0].text for row in table.rows] == ["Low light", "JPEG"]
    assert texts(table.rows[0]) == ["Low light", "97%", "92%", "71%", "40%", "2.6"]
    assert table.rows[1][-1].text == "–"
    assert all(cell.colours for cell in table.rows[0][1:-1])


def test_beside_the_severities_stands_how_like_the_original_a_picture_still_is():
    *_, likeness, _heading, _said, _best = shown(stressed())
    assert "PSNR and SSIM" in likeness.caption
    assert texts(likeness.heads) == ["Corruption", "mild", "moderate", "severe"]
    expected = ["Low light", "27.0 dB, 0.90", "21.0 dB, 0.90", "15.0 dB, 0.90"]
    assert texts(likeness.rows[0]) == expected


def test_what_the_field_looks_like_is_said_with_the_best_three():
    *_, heading, said, best = shown(stressed())
    assert heading.text == "Corruption closest to the field"
    assert said.text.startswith("Best match for the field: sensor noise, mean severity ")
    assert best.text.endswith("sensor noise 71%, Low light 62%, Haze 20%")
    changed = change_report(stressed(), sweep=None)
    assert (
        said.text in shown(changed)[1].text + shown(change_report(stressed(), sweep=None))[2].text
    )


def test_a_sweep_that_was_stopped_says_so():
    sweep = replace(get_robustness(stressed()).sweep, partial=("benchmark",))
    said = [
        block.text
        for block in shown(change_report(stressed(), sweep=sweep))
        if isinstance(block, Paragraph)
    ]
    assert any("The sweep was stopped early" in one for one in said)


def test_severities_that_were_not_run_are_named_and_no_tipping_point_lies_between_them():
    whole = get_robustness(stressed()).sweep
    moderate = replace(whole, rows=tuple(row for row in whole.rows if row.severity in (0.0, 3.0)))
    blocks = shown(change_report(stressed(), sweep=moderate))
    (table,) = [
        block for block in blocks if isinstance(block, Table) and block.caption == "Accuracy"
    ]
    assert texts(table.rows[0]) == ["Low light", "97%", "71%", "≤ 3"]
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert (
        "Not run at mild, severe: the tipping point is reported only up to the severities "
        "that were run."
    ) in said
    assert not any(
        block.text.startswith("Not run at")
        for block in shown(stressed())
        if isinstance(block, Paragraph)
    )


def test_the_page_the_sheet_and_the_summary_hold_the_same_figures():
    report = stressed()
    lines = format_stress_csv(report).splitlines()
    assert lines[0] == ",".join(STRESS_COLUMNS)
    assert len(lines) == 1 + len(get_robustness(report).sweep.rows)
    with language.use_language("en"):
        told = build_summary(report)
        tables = [
            block
            for section in build_page(report).sections
            for block in section.blocks
            if isinstance(block, Table)
        ]
    assert any(table.heads[0].text == "Corruption" for table in tables)
    sheet = [dict(zip(STRESS_COLUMNS, line.split(","), strict=True)) for line in lines[1:]]
    for row, other in zip(told["stress"], sheet, strict=True):
        actual = (row["corruption"], row["severity"])
        assert actual == (other["corruption"], float(other["severity"]))
        assert row["estimate"]["value"] == float(other["value"])
    assert told["tipping"] == [
        {"corruption": "dark", "on": "benchmark", "severity": 2.625},
        {"corruption": "jpeg", "on": "benchmark", "severity": None},
    ]


def test_a_report_without_a_sweep_has_an_empty_sheet_and_null():
    assert format_stress_csv(example_report()) == ",".join(STRESS_COLUMNS) + "\n"
    assert build_summary(example_report())["stress"] is None


SETS = (
    EvaluationSet("clean", "", 400, estimate(0.97, 0.95, 0.99, 400)),
    EvaluationSet("damaged", "", 200, Estimate.not_measured("not_run")),
    EvaluationSet("collected", "night", 12, Estimate.not_measured("gone")),
    EvaluationSet("collected", "", 0, Estimate.not_measured("no_set")),
)


def test_every_set_has_a_row_also_where_it_is_missing():
    with language.use_language("en"):
        table = tested_on.build_evaluation_section(example_report(sets=SETS)).blocks[-1]
    assert [[cell.text for cell in row[:3]] for row in table.rows] == [
        ["Clean: the benchmark", "400", "97% (95–99%)"],
        ["Corrupted: the benchmark under every moderate corruption", "200", "not run yet"],
        ["Collected failures: night", "12", "missing or modified"],
        ["Collected failures", "0", "none yet"],
    ]


def test_the_summary_holds_the_sets():
    told = build_summary(example_report(sets=SETS))["evaluation_sets"]
    assert (told[0]["kind"], told[0]["name"], told[0]["score"]["value"]) == ("clean", "", 0.97)
    assert told[1]["score"]["note"] == "not_run"


PAIR = SavedComparison(
    "k", "night.mp4", "a", "b", (("dark", 1.0), ("motion", 3.0)), 0, ("crack",), (), 0.934, nan,
    "2026-03-01T08:00:00+00:00",
)  # fmt: skip


def test_a_pair_is_two_pictures_with_what_the_model_said_of_each():
    with language.use_language("en"):
        pairs = [ReportedPair(PAIR, picture(1), picture(2))]
        _heading, gallery = report_data.build_pair_blocks(pairs)
    before, after = gallery.pictures
    assert before.lines == (("Model", "crack 0.93"),)
    assert after.lines == (("Model", "nothing detected"),)
    assert after.small == "Low light, mild + Motion blur, moderate"


def test_several_boxes_are_listed_without_a_share():
    with language.use_language("en"):
        pairs = [ReportedPair(replace(PAIR, said_before=("crack", "burr")), picture(1), picture(2))]
        _heading, gallery = report_data.build_pair_blocks(pairs)
    assert gallery.pictures[0].lines == (("Model", "crack, burr"),)


def test_pairs_stand_in_the_section_with_or_without_a_sweep():
    report = example_report(pairs=(ReportedPair(PAIR, picture(1), picture(2)),))
    with language.use_language("en"):
        assert isinstance(breaking.build_robustness_section(report).blocks[-1], Gallery)
    assert report_data.build_pair_blocks([]) == []
