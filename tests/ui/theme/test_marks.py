import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QRadioButton

from fieldcheck.ui import theme
from fieldcheck.ui.theme import THEMES, Metrics, Theme, compute_contrast
from fieldcheck.ui.widgets.mark_style import apply_mark_style


@pytest.mark.parametrize("tokens", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
@pytest.mark.parametrize("checked", [False, True])
def test_a_check_box_can_be_seen_in_every_theme(qapp, qtbot, tokens, kind, checked):
    look = Theme(tokens, Metrics())
    theme.apply_theme(qapp, look)
    box = apply_mark_style(look, kind("Blind"))
    qtbot.addWidget(box)
    box.setChecked(checked)
    box.resize(120, 32)
    image = box.grab().toImage()
    back = QColor(tokens.window)
    seen = [image.pixelColor(x, image.height() // 2) for x in range(3, 24)]
    edge = [colour for colour in seen if compute_contrast(colour.name(), back.name()) >= 3]
    assert len(edge) >= 3
    assert len(edge) >= (8 if checked and kind is QCheckBox else 3)
