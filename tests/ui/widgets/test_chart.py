from PySide6.QtCore import Qt

from fieldcheck.ui.widgets.charts import Chart


def test_a_chart_only_shows_and_wears_the_colours_of_the_window(look, shown):
    chart = shown(Chart(look, "Some figures"), 300, 200)
    assert chart.accessibleName() == "Some figures"
    assert chart.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert chart.box.state["mouseEnabled"] == [False, False]
    assert chart.grab().toImage().pixelColor(295, 3).name().upper() == look.tokens.panel
