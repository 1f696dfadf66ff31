from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.domain.label import Box, Label
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.label import state
from fieldcheck.ui.screens.label.class_panel import ClassButton, ClassFinder, ClassPanel
from fieldcheck.ui.screens.label.state import KEYS
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import CAPTION, Metrics, Theme
from tests import makers
from tests.ui.conftest import seen
from tests.ui.states import SMALL, USUAL, rest


@pytest.fixture
def view(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    made = LabelView(look, Actions(room, list_actions()), room)
    made.resize(1170, 598)
    room.show()
    return made


def test_boxes_bring_their_own_buttons(view):
    view.show_work([("1", "hole")], kind="boxes", classes=("hole",), many=False)
    assert view.accept.isVisibleTo(view)
    assert not view.same.isVisibleTo(view)
    view.show_work([("1", "OK")], kind="class", classes=("OK", "Crack"), many=False)
    assert not view.accept.isVisibleTo(view)
    assert view.same.isVisibleTo(view)


def test_a_class_button_says_which_class_it_is(view):
    pressed = []
    view.class_pressed.connect(pressed.append)
    view.show_work([("1", "OK"), ("2", "Crack")], kind="class", classes=("OK", "Crack"), many=False)
    view._classes.buttons[1].click()
    assert pressed == [1]


def test_boxes_are_listed_with_their_size(view):
    view.show_work([("1", "hole")], kind="boxes", classes=("hole",), many=False)
    view.show_boxes_list([Box("hole", 0, 0, 88.4, 108), Box("part", 0, 0, 5, 5)], 1)
    assert view._box_list.item(0).text() == "hole   88 × 108 px"
    assert view._box_list.currentRow() == 1


def test_in_the_compact_layout_the_strip_is_lower_and_still_there(view):
    keyed = list(zip(KEYS, "abcdefg", strict=False))
    view.show_work(keyed, kind="class", classes=("OK", "Crack"), many=False)
    view.set_compact(True)
    low = view.strip.height()
    assert view.strip.isVisibleTo(view)
    view.set_compact(False)
    assert view.strip.isVisibleTo(view)
    assert view.strip.height() > low


def test_the_model_answer_has_a_line_only_when_it_may_be_seen(view):
    view.show_work([("1", "OK")], kind="class", classes=("OK",), many=False)
    view.show_blind(True, "")
    assert view.blind.isChecked()
    assert not view.take_over.isVisibleTo(view)
    view.show_blind(False, "Not blind. Prediction of Prediction of net: OK 0.82")
    assert not view.blind.isChecked()
    assert view._suggestion.text() == "Not blind. Prediction of Prediction of net: OK 0.82"


# What the presenters know of the view is what the view has.


def members(protocol):
    return sorted(name for name in vars(protocol) if not name.startswith("_"))


@pytest.mark.short_cases(2)
@pytest.mark.parametrize(("protocol", "part"), [
    (state.LabelDisplay, lambda view: view),
    (state.CanvasDisplay, lambda view: view.canvas),
    (state.StripDisplay, lambda view: view.strip),
    (state.FinderDisplay, lambda view: view.finder),
    (state.ClassGuideDisplay, lambda view: view.guide),
])  # fmt: skip
def test_the_view_has_all_that_its_presenters_ask_of_it(qtbot, look, protocol, part):
    room = QWidget()
    qtbot.addWidget(room)
    shown = part(LabelView(look, Actions(room, list_actions()), room))
    assert members(protocol)
    assert [name for name in members(protocol) if not hasattr(shown, name)] == []


NAMES = (
    "OK", "Crack", "Porosity", "Scratch", "Missing hole", "Burr", "Wrong part", "Dent", "Stain",
    "Rust", "A", "B", "C", "D",
)  # fmt: skip
FINDABLE = ["OK", "Crack", "Hairline crack", "Porosity", "OK"]


@pytest.mark.parametrize(
    ("n", "compact", "columns"),
    [(3, False, 1), (7, False, 1), (8, False, 2), (14, False, 2), (3, True, 2)],
)
def test_up_to_seven_classes_stand_in_one_column(qtbot, look, n, compact, columns):
    panel = ClassPanel(look)
    qtbot.addWidget(panel)
    buttons = panel.show_classes(list(zip(KEYS[:n], NAMES, strict=False)), compact)
    panel.adjustSize()
    panel.show()
    assert len({button.x() for button in buttons}) == columns
    assert {button.height() for button in buttons} == {44 if columns == 1 else 36}
    assert min(button.width() for button in buttons) >= 140


def test_in_large_text_a_narrow_panel_has_one_column_so_that_names_are_read(qtbot):
    panel = ClassPanel(Theme(metrics=Metrics(175)))
    qtbot.addWidget(panel)
    buttons = panel.show_classes(list(zip(KEYS[:9], NAMES, strict=False)), compact=True)
    panel.show()
    assert len({button.x() for button in buttons}) == 1


@pytest.mark.long
def test_gloves_in_large_text_leave_three_classes_of_a_small_window_in_sight(
    window, label_screen, settle, qtbot
):
    work = replace(label_screen.presenter.state.loaded_work, labels={}, drafts={})
    window.resize(SMALL)
    window.preferences.update(size=150, gloves=True)
    settle()
    screen = window.get_shown_screen()
    for kind in ("class", "boxes"):
        screen.presenter._on_frames_loaded(None, replace(work, classes=NAMES[:7], kind=kind))
        seen(qtbot, window)
        rest(window, settle)
        buttons = screen.view._classes.buttons
        whole = [one for one in buttons if one.visibleRegion().boundingRect() == one.rect()]
        assert len(whole) >= 3


@pytest.mark.parametrize("name", ["missing_hole", "missing-hole", "missing hole"])
def test_a_name_goes_on_in_the_next_line_at_a_word(qtbot, look, name):
    button = ClassButton(look, 1, "1", name, 44)
    qtbot.addWidget(button)
    wide = QFontMetrics(button._make_name_font(CAPTION)).horizontalAdvance("missing_hol")
    _, lines = button._fit_name(wide)
    assert [line.strip("_-") for line in lines] == ["missing", "hole"]


def test_a_class_is_named_with_its_key(qtbot, look):
    panel = ClassPanel(look)
    qtbot.addWidget(panel)
    buttons = panel.show_classes([("1", "OK"), ("2", "Crack")], False)
    assert buttons[1].accessibleName() == "Label Crack, key 2"


def test_one_class_is_marked_and_a_click_marks_none(qtbot, look):
    panel = ClassPanel(look)
    qtbot.addWidget(panel)
    buttons = panel.show_classes([("1", "OK"), ("2", "Crack")], False)
    panel.mark_class(1)
    buttons[0].click()
    assert [button.isChecked() for button in buttons] == [False, True]
    panel.mark_class(-1)
    assert [button.isChecked() for button in buttons] == [False, False]


def finder(qtbot, look):
    made = ClassFinder(look)
    qtbot.addWidget(made)
    made.show_classes(FINDABLE)
    made.show()
    return made


def test_classes_that_begin_so_come_before_those_that_hold_it(qtbot, look):
    made = finder(qtbot, look)
    assert made.find_matching_classes("crack") == ["Crack", "Hairline crack"]
    assert made.find_matching_classes("") == ["OK", "Crack", "Hairline crack", "Porosity"]


def test_enter_takes_the_first_and_arrows_another(qtbot, look):
    made = finder(qtbot, look)
    chosen = []
    made.chosen.connect(chosen.append)
    QTest.keyClicks(made.field, "cr")
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    QTest.keyClick(made.field, Qt.Key.Key_Down)
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    made.clear_search()
    QTest.keyClicks(made.field, "zz")
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    assert chosen == ["Crack", "Hairline crack", "zz"]


class Appearing(QObject):
    """Every window of its own that is shown while somebody watches."""

    def __init__(self, app):
        super().__init__()
        self.windows = []
        self._app = app
        app.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False

    def rest(self):
        self._app.removeEventFilter(self)


@pytest.fixture
def appearing(qapp):
    made = Appearing(qapp)
    yield made.windows
    made.rest()


def test_buttons_replaced_before_they_were_shown_become_no_windows(shown, look, appearing, qtbot):
    panel = shown(ClassPanel(look))
    appearing.clear()
    for n in (3, 7, 2):
        buttons = panel.show_classes(list(zip(KEYS[:n], NAMES, strict=False)), compact=False)
    qtbot.waitUntil(lambda: all(button.isVisible() for button in buttons))
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    assert appearing == []
    assert panel.findChildren(ClassButton) == buttons


def test_the_same_classes_keep_their_buttons(shown, look):
    panel, keyed = shown(ClassPanel(look)), list(zip(KEYS[:3], NAMES, strict=False))
    before = panel.show_classes(keyed, compact=False)
    assert panel.show_classes(keyed, compact=False) is before
    assert panel.show_classes(keyed, compact=True) is not before


@pytest.mark.long
def test_repeated_undo_opens_no_windows(window, answer, appearing, press, settle, qtbot):
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_1):
        answer(key)
    appearing.clear()
    for _ in range(4):
        press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: (
            window.current.undo_depth == 1 and window.get_shown_screen().presenter.state.index == 0
        )
    )
    seen(qtbot, window)
    press(Qt.Key.Key_2)
    settle()
    assert appearing == []
    assert window.isActiveWindow()
    actual = [label.class_name for label in window.current.project.read(labels_table.list_labels)]
    assert actual == ["green"]


@pytest.mark.long
def test_at_1366_by_690_the_frame_is_at_least_940_px_wide(
    window, open_in_window, settle, qtbot, footed
):
    """The sample's frames are 1280 × 720, as here."""
    makers.draw(footed, 5)
    footed.close()
    window.resize(1366, 690)
    open_in_window(footed.path)
    window.show_screen("label")
    settle()
    canvas = window.get_shown_screen().view.canvas
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    canvas.show_frame(0, image, "Frame 1 of 5", "")
    assert canvas.get_image_rect().width() >= 940
    shown = canvas.grab().toImage()
    assert shown.pixelColor(2, 2).name() == window.context.theme.tokens.canvas.lower()


@pytest.mark.long
def test_finishing_has_no_fill_before_nine_tenths_are_labelled(window, hundred, answer, settle):
    header = window.header
    assert header.primary.property("role") == "quiet"
    assert header.hint.text().startswith("Frame 1 of ")
    total = len(hundred.presenter.state.frames)
    labels = hundred.presenter.state.round.labels
    for frame in hundred.presenter.state.frames[: int(0.9 * total)]:
        labels.setdefault(frame.frame_id, Label(frame.frame_id, "done", "red"))
    hundred.presenter.show_frame(total - 1)
    assert header.primary.property("role") == "primary"


@pytest.mark.long
def test_the_blind_box_is_as_high_as_its_lines_also_where_it_scrolls(
    window, still, label_screen, settle
):
    window.preferences.update(language="xx", size=150)
    window.resize(USUAL)
    rest(window, settle)
    window.resize(SMALL)
    rest(window, settle)
    blind = window.get_shown_screen().view.blind
    assert "\n" in blind.text()
    assert blind.height() >= blind.sizeHint().height()
