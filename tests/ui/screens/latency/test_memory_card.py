from fieldcheck.ui.screens.latency.view import MemoryCard

ROWS = (("Conv 1 × 16 × 8 × 8", "4.10 MB"), ("Add 1 × 8 × 8 × 8", "2.05 MB"))


def test_rows_are_filled_from_the_top_and_without_anything_to_tell_nothing_is_shown(qtbot, look):
    made = MemoryCard(look)
    qtbot.addWidget(made)
    made.show_memory(("60 parameters, 0.00 MB.",), ROWS)
    expected = [*ROWS, ("", ""), ("", ""), ("", "")]
    assert [(name.text(), size.text()) for name, size in made.rows] == expected
    assert not made.isHidden()
    made.show_memory((), ())
    assert made.isHidden()
