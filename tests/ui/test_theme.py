import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QLabel

from fieldcheck.ui import theme
from fieldcheck.ui.theme import THEMES, Metrics, Theme
from fieldcheck.ui.widgets.layouts import make_label


@pytest.mark.parametrize("tokens", THEMES.values(), ids=list(THEMES))
def test_a_theme_paints_with_its_own_colours(qapp, qtbot, tokens):
    theme.apply_theme(qapp, Theme(tokens))
    shown = QLabel("x")
    qtbot.addWidget(shown)
    shown.resize(60, 20)
    assert shown.palette().color(QPalette.ColorRole.Window) == QColor(tokens.window)
    assert shown.grab().toImage().pixelColor(59, 19) == QColor(tokens.window)


def test_the_shipped_font_is_used_at_the_size_that_is_set(qapp):
    theme.apply_theme(qapp, Theme(metrics=Metrics(150)))
    assert QFontInfo(qapp.font()).family() == "DejaVu Sans"
    assert qapp.font().pixelSize() == 21


def test_a_title_is_larger_than_the_text_under_it(qapp, qtbot):
    theme.apply_theme(qapp, Theme())
    title, body = make_label("Gap", "title"), make_label("Gap")
    for shown in (title, body):
        qtbot.addWidget(shown)
        shown.ensurePolished()
    assert title.font().pixelSize() == 20
    assert (body.font().pixelSize(), title.font().bold()) == (14, True)


def test_a_name_chooses_the_theme_and_no_name_leaves_it_to_the_system(qapp):
    assert theme.get_tokens(qapp, "hc_dark").name == "hc_dark"
    assert theme.get_tokens(qapp, "").name == theme.get_system_tokens(qapp).name
    assert theme.get_tokens(qapp, "purple").name in THEMES


def test_a_font_in_another_size_grows_with_the_setting_and_leaves_that_of_the_widget(qapp):
    own = QFont(qapp.font())
    before = own.pixelSize()
    made = Theme(metrics=Metrics(150)).make_font(own, 12, bold=True)
    assert (made.pixelSize(), made.bold(), made.family()) == (18, True, own.family())
    assert (own.pixelSize(), own.bold()) == (before, False)
