from fieldcheck.ui.widgets.charts import ChartTable, PlotView
from tests.ui.widgets.test_plot_view import plot


def test_the_table_stands_in_the_chart_s_place_follows_it_and_opens_what_its_marks_open(
    look, shown
):
    made, told = shown(ChartTable(look, PlotView(look, "Chart")), 500, 300), []
    made.chart.mark_clicked.connect(told.append)
    made.chart.show_plot(plot())
    assert made.table.lines.rowCount() == 0, "nobody looks at it"
    assert made.toggle_table()
    assert not made.chart.isVisible()
    assert made.table.lines.rowCount() == len(plot().marks)
    made.table.activated.emit(made.table.lines.index(2, 0))
    assert told == [2]
    made.chart.show_plot(None)
    assert made.table.lines.rowCount() == 0
    assert not made.toggle_table()
    assert made.chart.isVisible()
