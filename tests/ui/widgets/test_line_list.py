from fieldcheck.ui.widgets.text_lines import LineList


def test_lines_are_shown_whole_below_each_other(look, shown):
    made = shown(LineList(look, "Lines"), 200, 300)
    made.set_lines(["one", "two words " * 12])
    assert made.get_lines() == ["one", "two words " * 12]
    assert (
        made.visualItemRect(made.item(1)).height() > 2 * made.visualItemRect(made.item(0)).height()
    )
    made.set_lines(["one"])
    assert made.count() == 1
