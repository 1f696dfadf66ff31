from PySide6.QtGui import QColor

from fieldcheck.ui.screens.latency.view import StageBar, format_stages


def test_the_largest_part_is_the_accent_and_as_wide_as_its_share(look, shown):
    bar = shown(StageBar(look), 400, 28)
    bar.show_parts((("decode", 10.0), ("forward pass", 30.0)))
    row = bar.grab().toImage()
    accent = (
        sum(
            QColor(row.pixel(x, 2)).name().upper() == look.tokens.accent for x in range(row.width())
        )
        / row.width()
    )
    assert abs(accent - 0.75) < 0.02
    assert bar.accessibleDescription() == "decode 10.0 · forward pass 30.0 = 40.0 ms per frame"


def test_without_stages_it_is_empty_and_says_nothing(look, shown):
    bar = shown(StageBar(look), 400, 28)
    bar.show_parts(())
    actual = {QColor(bar.grab().toImage().pixel(x, 5)).name().upper() for x in range(400)}
    assert actual == {look.tokens.window}
    assert format_stages(()) == bar.accessibleDescription() == ""
