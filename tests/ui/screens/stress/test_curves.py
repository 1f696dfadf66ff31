from fieldcheck.ui.screens.stress.curves import CurveChart
from fieldcheck.workflows.stress.stress_found import Curve

BENCHMARK = Curve("benchmark", "haze", ((0.0, 0.97), (3.0, 0.6)), ((0.0, 0.99), (3.0, 0.8)), (), "")
FOOTAGE = Curve("footage", "haze", ((0.0, 1.0),), (), (), "")


def test_a_curve_is_a_line_with_signs_and_dashes_and_is_said(qtbot, look):
    chart = CurveChart(look)
    qtbot.addWidget(chart)
    assert chart.accessibleDescription() == "Nothing was swept yet."
    chart.show_curves((BENCHMARK, FOOTAGE))
    assert len(chart.box.addedItems) == 3 + 2
    assert chart.accessibleDescription() == "Benchmark: off 97%, moderate 60%; Footage: off 100%"
    chart.show_curves((BENCHMARK,))
    assert len(chart.box.addedItems) == 3
