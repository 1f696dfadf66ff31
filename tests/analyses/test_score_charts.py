from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from fieldcheck.analyses.score_charts import (
    CIVIDIS,
    build_gap_chart,
    build_score_table,
    compute_shade,
    draw_gap_chart,
    draw_score_axis,
    draw_score_row,
    draw_sign,
    to_standalone_svg,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import GapChart, PlotAxis, ScoreRow
from tests.report.example_report import example_report

SCALE = PlotAxis(0.0, 1.0, tuple((at / 4, f"{25 * at}%") for at in range(5)), "accuracy")
FOOTAGE = Estimate.from_limits(0.61, 0.51, 0.7, n=100, n_eff=100.0, method="wilson")
CAMERA = Estimate.from_limits(0.61, 0.39, 0.79, n=100, n_eff=32.0, method="wilson_clips")
BENCHMARK = Estimate.from_limits(0.97, 0.96, 0.98, n=2000, n_eff=2000.0, method="wilson")


def drawn(
    benchmark=BENCHMARK,
    thick=FOOTAGE,
    thin=CAMERA,
    field_label="Field 61%",
    alt="Benchmark and field",
):
    labels = ("Benchmark 97%", field_label, "gap 36 pp")
    return draw_gap_chart(GapChart(benchmark, thick, thin, labels, SCALE, alt))


def texts(svg):
    return [found.text for found in ElementTree.fromstring(svg).iter("text")]


def lines(svg, width):
    found = [
        line
        for line in ElementTree.fromstring(svg).iter("line")
        if line.get("stroke-width") == str(width)
    ]
    return [(line.get("x1"), line.get("x2")) for line in found]


def test_the_two_sides_have_different_shapes():
    tree = ElementTree.fromstring(drawn())
    assert len(list(tree.iter("circle"))) == 1
    assert len(list(tree.iter("rect"))) == 1


def test_the_thin_line_is_the_camera_and_the_thick_one_the_footage():
    assert lines(drawn(), 2) == [("40.1%", "76.1%")]
    assert lines(drawn(), 9) == [("50.9%", "68.0%")]


def test_the_bracket_ends_before_its_word_and_no_letter_has_a_casing():
    """Sheets know no paint order: the casing of a letter would be drawn over it."""
    ((left, right),) = lines(drawn(), 20)
    middle = (float(left[:-1]) + float(right[:-1])) / 2
    (word,) = (
        text for text in ElementTree.fromstring(drawn()).iter("text") if text.text == "gap 36 pp"
    )
    assert middle == pytest.approx(float(word.get("x")[:-1]), abs=0.1)
    assert all(one.get("stroke") is None for one in ElementTree.fromstring(drawn()).iter("text"))


def test_claim_limit_benchmark_range_and_last_report_have_marks_of_their_own():
    labels = ("Benchmark 97%", "Field 61%", "gap 36 pp")
    whole = draw_gap_chart(
        GapChart(
            BENCHMARK, FOOTAGE, CAMERA, labels, SCALE, "alt", claimed=0.971, limit=0.94, last=0.5
        )
    )
    assert lines(whole, 1.5) == [("91.4%", "93.2%")]
    assert "◆" in texts(whole)
    assert whole.count("stroke-dasharray") == drawn().count("stroke-dasharray") + 1
    assert len(list(ElementTree.fromstring(whole).iter("circle"))) == 2


def test_the_chart_says_what_it_shows():
    tree = ElementTree.fromstring(drawn(alt='Benchmark "97" & field'))
    assert (tree.get("role"), tree.get("aria-label")) == ("img", 'Benchmark "97" & field')
    assert {"Benchmark 97%", "Field 61%", "gap 36 pp", "accuracy"} <= set(texts(drawn()))


def test_a_field_of_few_frames_is_hollow():
    few = drawn(thick=Estimate.from_limits(0.5, 0.2, 0.8, n=9, n_eff=9.0, method="wilson"))
    fills = [next(ElementTree.fromstring(svg).iter("circle")).get("fill") for svg in (few, drawn())]
    assert fills == ["#FFFFFF", "#B3161B"]


def test_a_word_for_the_gap_stands_in_its_bracket_or_beside_a_short_one():
    def get_anchor(field, words):
        footage = replace(FOOTAGE, value=field)
        chart = GapChart(BENCHMARK, footage, CAMERA, ("B", "F", words), SCALE, "alt")
        tree = ElementTree.fromstring(draw_gap_chart(chart))
        (label,) = [one for one in tree.iter("text") if one.text == words]
        return label.get("text-anchor")

    assert get_anchor(0.61, "gap 36 pp") == "middle"
    assert get_anchor(0.94, "gap 3 pp") == "end", "no room at the right of 97%"
    few = replace(BENCHMARK, value=0.3)
    chart = GapChart(few, replace(FOOTAGE, value=0.27), None, ("B", "F", "gap 3 pp"), SCALE, "alt")
    assert 'text-anchor="start"' in draw_gap_chart(chart)


def test_a_side_that_was_not_measured_is_not_drawn():
    without_field = drawn(thick=None, thin=None)
    assert "<circle" not in without_field
    assert "gap 36 pp" not in texts(without_field)
    without_benchmark = drawn(benchmark=None)
    assert "<rect" not in without_benchmark
    assert "gap 36 pp" not in texts(without_benchmark)


def test_labels_of_near_dots_stand_in_two_rows():
    tree = ElementTree.fromstring(drawn(benchmark=replace(BENCHMARK, value=0.65, lo=0.64, hi=0.66)))
    heights = {text.text: text.get("y") for text in tree.iter("text")}
    assert heights["Benchmark 97%"] != heights["Field 61%"]


def test_text_is_escaped():
    assert "<script>" not in drawn(field_label="<script>x</script>")
    assert "<script>x</script>" in texts(drawn(field_label="<script>x</script>"))


def test_a_row_below_ten_frames_is_hollow():
    estimate = Estimate.from_limits(0.5, 0.2, 0.8, n=6, n_eff=6.0, method="wilson")
    few = draw_score_row(ScoreRow("a", 6, "", estimate, 0.61))
    enough = draw_score_row(ScoreRow("b", 100, "", FOOTAGE, 0.61))
    fills = [next(ElementTree.fromstring(svg).iter("circle")).get("fill") for svg in (few, enough)]
    assert fills == ["#FFFFFF", "#16191C"]


def test_a_row_without_a_score_has_no_mark():
    assert "<circle" not in draw_score_row(ScoreRow("a", 0, "", Estimate.not_measured("no_labels")))


def test_the_scale_names_its_ends_and_its_middle():
    assert set(texts(draw_score_axis())) == {"0%", "50%", "100%"}


def test_a_table_of_scores_says_and_draws_the_same_estimate():
    rows = [ScoreRow("crack", 100, "61% (51–70%)", FOOTAGE, 0.5, "▲")]
    table = build_score_table("By class", rows, slim=True)
    name, n, figure, mark = table.rows[0]
    assert [one.text for one in table.heads[:3]] == ["By class", "n", "score"]
    assert (name.text, name.sign, n.text, figure.text) == ("crack", "▲", "100", "61% (51–70%)")
    assert lines(mark.drawing, 2) == [("50.9%", "68.0%")]
    assert (table.kind, texts(table.heads[3].drawing)) == ("slices", ["0%", "100%", "50%"][:2])


@pytest.mark.parametrize("kind", ["octagon", "triangle", "tick", "ring", "unequal"])
def test_every_sign_is_drawn(kind):
    ElementTree.fromstring(draw_sign(kind))


def test_the_signs_differ_in_shape():
    actual = len({draw_sign(kind) for kind in ("octagon", "triangle", "tick", "ring", "unequal")})
    assert actual == 5


def contrast(a, b):
    def light(colour):
        parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        parts = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(parts @ np.array([0.2126, 0.7152, 0.0722]))

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_numbers_in_shaded_cells_can_be_read():
    assert min(contrast(*compute_shade(share)) for share in np.linspace(0, 1, 101)) >= 4.5


def test_the_shades_begin_and_end_with_the_map_and_grow_lighter():
    assert compute_shade(0.0)[0] == "#" + "".join(f"{round(255 * part):02x}" for part in CIVIDIS[0])
    actual = compute_shade(1.0)[0]
    assert actual == "#" + "".join(f"{round(255 * part):02x}" for part in CIVIDIS[-1])
    assert compute_shade(2.0) == compute_shade(1.0)
    lights = [contrast(compute_shade(share)[0], "#000000") for share in np.linspace(0, 1, 20)]
    assert lights == sorted(lights)


def test_a_drawing_can_stand_alone_with_its_words_beside_it():
    svg, alt = to_standalone_svg(drawn(alt="Benchmark & field"), 704)
    root = ElementTree.fromstring(svg)
    assert alt == "Benchmark & field"
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 704 131"
    assert (root.get("width"), root.get("height")) == ("704", "131")
    assert to_standalone_svg(draw_score_row(ScoreRow("a", 100, "", FOOTAGE, 0.6)), 300)[1] == ""
    assert 'viewBox="0 0 40 40"' in to_standalone_svg(draw_sign("octagon"), 40)[0]


REPORT = example_report()
NOTHING = Estimate.not_measured("no_labels")


def test_the_chart_says_in_words_what_it_shows():
    chart = build_gap_chart(REPORT.benchmark, REPORT.field, REPORT.gap, last=0.5)
    assert chart.alt_text == "Chart: Benchmark 97.1%, Field 61% (51–70%), gap 36 pp"
    assert chart.benchmark == REPORT.benchmark.score
    assert (chart.field, chart.camera) == (REPORT.field.footage, REPORT.field.camera)
    assert (chart.claimed, round(chart.limit, 3)) == (0.971, 0.941)
    assert (chart.ceiling, chart.last) == (None, 0.5)
    assert [said for _, said in chart.axis.ticks] == ["0%", "25%", "50%", "75%", "100%"]


def test_a_chart_of_another_metric_holds_nothing_of_the_share_of_correct_frames():
    score = replace(REPORT.benchmark.score, value=0.7, lo=0.6, hi=0.8)
    field = replace(REPORT.field.footage, value=0.4, lo=0.3, hi=0.5)
    benchmark = replace(REPORT.benchmark, compared_metric="map50", compared=score)
    gap = replace(REPORT.gap, metric="map50", footage=field, camera=NOTHING)
    chart = build_gap_chart(benchmark, REPORT.field, gap, ceiling=0.9, last=0.5)
    assert (chart.benchmark, chart.field, chart.camera) == (score, field, None)
    assert (chart.ceiling, chart.last) == (None, None)
    assert chart.axis.name == "mAP at IoU 0.50"


def test_a_side_that_was_not_measured_is_missing_with_its_label():
    field = replace(REPORT.field, footage=NOTHING, camera=None)
    gap = replace(REPORT.gap, estimate=NOTHING)
    alone = build_gap_chart(REPORT.benchmark, field, gap)
    assert (alone.benchmark, alone.field) == (REPORT.benchmark.score, None)
    assert (alone.camera, alone.labels[1:]) == (None, ("", ""))
    assert build_gap_chart(None, field, gap) is None


def test_below_ten_frames_there_is_no_figure_and_no_gap():
    few = Estimate.from_limits(0.89, 0.58, 0.97, n=9, n_eff=9.0, method="wilson")
    field = replace(REPORT.field, footage=few, camera=None)
    chart = build_gap_chart(REPORT.benchmark, field, REPORT.gap)
    assert chart.labels == ("Benchmark 97.1%", "Field too few", "")
