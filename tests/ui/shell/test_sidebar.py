import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.screen import Badge, ScreenHeading, ScreenSpec
from fieldcheck.ui.shell.sidebar import NAME_PAD, Sidebar
from fieldcheck.ui.theme import RAIL, RAIL_COMPACT


@pytest.fixture
def rail(qtbot, look):
    pressed = []
    actions = []
    for at, name, before in (
        (1, "project", ()), (4, "label", ("project",)), (5, "explore", ("label",)),
        (10, "settings", ()),
    ):  # fmt: skip
        action = QAction(name)
        action.triggered.connect(lambda _=False, name=name: pressed.append(name))
        spec = ScreenSpec(name, "", "cog", at, name.title, requires=before)
        actions.append((spec, action))
    made = Sidebar(look, actions)
    made.pressed, made.kept = pressed, actions
    qtbot.addWidget(made)
    made.resize(172, 600)
    made.show()
    return made


def test_a_step_is_named_with_its_state(rail):
    rail.show_badges({"label": Badge("going", "37 of 100", 0.37)})
    assert rail.items["label"].accessibleName() == "Step Label, 37 of 100"


def test_the_step_that_is_shown_is_marked(rail):
    rail.set_current("label")
    assert [name for name, item in rail.items.items() if item.isChecked()] == ["label"]


def test_pressing_a_step_goes_there(rail):
    rail.items["label"].click()
    assert rail.pressed == ["label"]


def test_the_line_to_the_next_step_grows_with_the_share(rail):
    accent = rail.items["label"]._theme.tokens.accent

    def blue():
        """Pixels of the accent above and below the next node."""
        images = [rail.items[name].grab().toImage() for name in ("label", "explore")]
        middle = images[0].width() and rail._theme.metrics.scale_px(6 + 14)
        columns = range(middle - 2, middle + 3)
        rows = ((images[0], range(37, 44)), (images[1], range(7)))
        return sum(
            image.pixelColor(x, y).name().upper() == accent
            for image, part in rows
            for x in columns
            for y in part
        )

    lengths = []
    for share in (0.0, 0.3, 0.7, 1.0):
        rail.show_badges({"label": Badge("going", "x of y", share)})
        lengths.append(blue())
    assert lengths == sorted(set(lengths))


def test_the_project_stands_on_top(rail):
    assert rail.items["project"]._get_name() == "No project"
    rail.show_project("", opening=True)
    assert rail.items["project"]._get_name() == ""
    rail.show_project("Line 4 night")
    assert rail.items["project"]._get_name() == "Line 4 night"


def test_the_collapsed_rail_lies_open_while_it_has_the_keys(window, press, qtbot):
    window.show_head(ScreenHeading("Label", picture_first=True))
    assert window.sidebar.width() == RAIL_COMPACT
    qtbot.waitUntil(lambda: window.content.x() == RAIL_COMPACT)
    window.sidebar.items[window.current_screen].setFocus()
    qtbot.waitUntil(lambda: window.sidebar.width() == RAIL)
    QApplication.processEvents()
    assert window.content.x() == RAIL_COMPACT
    window.focus_screen()
    qtbot.waitUntil(lambda: window.sidebar.width() == RAIL_COMPACT)
    window.show_head(ScreenHeading("Pick"))
    assert window.sidebar.width() == RAIL


def test_in_the_compact_rail_the_words_are_the_tooltip(rail):
    rail.show_badges({"label": Badge("done", "100 of 100")})
    rail.set_compact(True)
    assert rail.items["label"].toolTip() == "Step Label, 100 of 100"
    assert rail.width() == RAIL_COMPACT


@pytest.mark.long
@pytest.mark.parametrize(("language", "fit"), [("en", True), ("de", False)])
def test_names_under_the_nodes_keep_off_the_edges_or_are_left_out(window, qtbot, language, fit):
    window.preferences.update(language=language)
    window.show_head(ScreenHeading("Label", picture_first=True))
    path = window.sidebar._list_path()
    qtbot.waitUntil(lambda: [one.named for one in path] == [fit] * len(path))
    qtbot.waitUntil(lambda: path[0].width() < RAIL_COMPACT)
    room = path[0].width() - 2 * NAME_PAD
    names = [QFontMetrics(one._make_small_font(True)).horizontalAdvance(one._name) for one in path]
    assert (max(names) <= room) is fit


def test_the_rail_is_one_stop_for_tab_and_arrows_walk_in_it(window, press):
    items = window.sidebar.items
    stops = [name for name, item in items.items() if item.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [window.current_screen]
    items[window.current_screen].setFocus()
    for key, there in (
        (Qt.Key.Key_End, "help"), (Qt.Key.Key_Home, "project"), (Qt.Key.Key_Down, "capture"),
        (Qt.Key.Key_Right, "pick"),
    ):  # fmt: skip
        press(key)
        assert items[there].hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert not window.sidebar.isAncestorOf(QApplication.focusWidget())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert items["pick"].hasFocus()
    press(Qt.Key.Key_Return)
    assert window.current_screen == "pick"


@pytest.mark.long
def test_arrows_on_the_rail_are_not_the_frames(window, label_screen, press):
    window.sidebar.items["label"].setFocus()
    at = label_screen.presenter.state.index
    press(Qt.Key.Key_Right)
    assert window.sidebar.items["explore"].hasFocus()
    assert label_screen.presenter.state.index == at
