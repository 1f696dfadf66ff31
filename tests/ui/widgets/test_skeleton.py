from PySide6.QtGui import QColor

from fieldcheck.ui.widgets.skeleton import Skeleton


def test_each_block_is_painted_where_its_share_of_the_room_is(look, qtbot):
    made = Skeleton(look, [(0, 0, 1, 0.25), (0.5, 0.5, 0.5, 0.5)], "Working out the figures …")
    qtbot.addWidget(made)
    made.resize(200, 100)
    painted = made.grab().toImage()
    ratio = painted.devicePixelRatio()
    filled = QColor(look.tokens.panel)
    shown = {(x, y): painted.pixelColor(int(x * ratio), int(y * ratio)) == filled for x, y in ((100, 10), (150, 75), (50, 75))}
    assert shown == {(100, 10): True, (150, 75): True, (50, 75): False}
    assert made.accessibleName() == "Working out the figures …"
