from xml.etree import ElementTree

from fieldcheck.report.charts import standing_alone
from fieldcheck.report.panels import SeverityCurves, histograms, reliability, severity_curves
from tests.report.example_report import estimate

ENDS = ("0%", "100%")


def parsed(svg):
    tree = ElementTree.fromstring(svg)
    assert (tree.get("role"), bool(tree.get("aria-label"))) == ("img", True)
    return tree


def test_right_answers_rise_and_wrong_ones_fall_from_one_line():
    tree = parsed(histograms((0, 4), (2, 0), ("right", "wrong"), ENDS, "Confidence"))
    up, down = (tree.findall("rect")[at] for at in (2, 1))
    assert float(up.get("y")) + float(up.get("height")) == float(down.get("y"))
    assert float(up.get("height")) == 2 * float(down.get("height"))
    assert up.get("fill") != down.get("fill")


def test_each_bin_stands_on_the_band_of_a_calibrated_model():
    tree = parsed(reliability([(0.9, estimate(0.5, 0.3, 0.7, 20))], ENDS, "Reliability"))
    (band,), (disc,) = tree.findall("rect"), tree.findall("circle")
    assert float(disc.get("cy")) > float(band.get("y")) + float(band.get("height"))  # half right at 0.9 is below it


def test_curves_differ_in_mark_and_dash_and_say_where_the_field_lies():
    benchmark = [(0.0, estimate(0.9, 0.8, 0.95, 100)), (3.0, estimate(0.5, 0.4, 0.6, 100))]
    field = [(0.0, estimate(0.6, 0.5, 0.7, 50)), (3.0, estimate(0.4, 0.3, 0.5, 50))]
    tree = parsed(severity_curves(SeverityCurves(benchmark, field, 0.7, 2.3), ENDS, "Defocus blur"))
    assert (len(tree.findall("rect")), len(tree.findall("circle")), len(tree.findall("polygon"))) == (2, 2, 2)
    assert {line.get("stroke-dasharray") for line in tree.findall("line")} == {None, "2 3", "6 3", "5 3"}
    assert "▼" in [text.text for text in tree.findall("text")]


def test_a_panel_keeps_its_proportions_as_a_file_of_its_own():
    svg, alt = standing_alone(histograms((1,), (1,), ("right", "wrong"), ENDS, "Confidence"), 220)
    assert alt == "Confidence"
    assert ElementTree.fromstring(svg).get("viewBox").startswith("0 0 220 ")
