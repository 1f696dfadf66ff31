import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QFocusEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.domain.report import ReportForm
from fieldcheck.ui.screens.report.panel import PageImage
from fieldcheck.ui.screens.report.view import PAD, WHOLE, WIDTH, FormPage, PageCanvas, ReportView
from fieldcheck.ui.widgets.buttons import KeyButton


def sheet():
    page = QImage(91, 129, QImage.Format.Format_RGB32)
    page.fill("white")
    return PageImage(page, page)


@pytest.fixture
def view(look, shown):
    actions = {}

    def action(name):
        actions[name] = actions.get(name) or QAction(name)
        return actions[name], "X"

    return shown(ReportView(look, action), 1100, 600)


def test_every_page_is_listed_and_the_shown_one_is_marked(view):
    view.show_content()
    view.show_sheets([sheet(), sheet(), sheet()])
    view.show_page(2, "Page 3 of 3", "")
    assert [view.pages.item(at).text() for at in range(3)] == ["1", "2", "3"]
    assert view.pages.currentRow() == 2
    assert view.canvas.accessibleName() == "Page 3 of 3"


def test_a_page_is_wanted_by_the_list_only_when_a_person_chooses_it(view):
    told = []
    view.page_wanted.connect(told.append)
    view.show_sheets([sheet(), sheet()])
    view.show_page(0, "Page 1 of 2", "")
    assert told == []
    view.pages.setCurrentRow(1)
    assert told == [1]


def test_the_pages_that_are_there_stay_while_others_are_made(view):
    view.show_content()
    view.show_sheets([sheet()])
    view.show_page(0, "Page 1 of 1", "")
    view.show_busy(True)
    assert view.middle.current_page is view.canvas
    assert view.pages.count() == 1


def test_without_a_project_a_sentence_and_a_button_are_shown(view):
    done = []
    view.show_empty("No project is open.", ["go.project"])
    assert not view.canvas.isVisible()
    (button,) = view.placeholder.findChildren(KeyButton)
    action, key = view._actions("go.project")
    action.triggered.connect(lambda: done.append(True))
    button.click()
    assert (done, key) == ([True], "X")


def test_until_the_first_pages_are_there_their_outline_stands_and_no_page_of_another_project(view):
    view.show_content()
    view.show_sheets([sheet()])
    view.show_page(0, "Page 1 of 1", "")
    view.show_sheets([])
    view.show_busy(True)
    assert view.middle.current_page == view.outline
    assert (view.pages.count(), view.canvas.accessibleName()) == (0, "")
    assert view.canvas.get_page_rect().isEmpty()
    view.show_sheets([sheet()])
    assert view.middle.current_page is view.canvas


def test_the_sections_are_left_for_the_outline_while_the_pages_are_made(view):
    view.show_content()
    view.toggle_form()
    view.show_busy(True)
    assert view.middle.current_page is view.form
    view.toggle_form()
    assert view.middle.current_page is view.outline


NAMES = {"latency": "Latency", "where": "Error analysis"}


@pytest.fixture
def form(look, shown):
    return shown(FormPage(look), 500, 400)


def test_a_press_on_a_section_tells_all_that_are_off(form):
    told = []
    form.left_out.connect(told.append)
    form.show_form(NAMES, ReportForm(("where",), "", True), writable=True)
    assert [chip.isChecked() for chip in form.chips.values()] == [True, False]
    QTest.mouseClick(form.chips["latency"], Qt.MouseButton.LeftButton)
    assert told == [("latency", "where")]


def test_a_press_on_an_item_says_which_and_whether_it_applies(form):
    told = []
    form.item_set.connect(lambda *said: told.append(said))
    form.show_items({"latency": "Speed", "domain": "AUC"}, {"domain"}, writable=True)
    assert [item.isChecked() for item in form.items.values()] == [True, False]
    QTest.mouseClick(form.items["latency"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(form.items["domain"], Qt.MouseButton.LeftButton)
    assert told == [("latency", False), ("domain", True)]
    form.show_items({"latency": "Speed", "domain": "AUC"}, (), writable=False)
    assert not any(item.isEnabled() for item in form.items.values())


def test_notes_are_told_when_the_field_is_left_and_stay_while_they_are_written(form):
    told = []
    form.notes.committed.connect(told.append)
    form.show_form(NAMES, ReportForm((), "Previous"), writable=True)
    QTest.keyClicks(form.notes, "Lamp off. ")
    form.show_form(NAMES, ReportForm((), "Other"), writable=True)
    assert form.notes_text == "Lamp off. Previous"
    QApplication.sendEvent(form.notes, QFocusEvent(QEvent.Type.FocusOut))
    assert told == ["Lamp off. Previous"]
    form.show_form(NAMES, ReportForm((), "Other"), writable=True)
    assert form.notes_text == "Other"


def test_a_project_that_is_only_read_is_not_changed(form):
    form.show_form(NAMES, ReportForm((), "Previous"), writable=False)
    assert form.notes.isReadOnly()
    assert not any(chip.isEnabled() for chip in form.chips.values())


@pytest.fixture
def canvas(look, qtbot):
    made = PageCanvas(look)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    page = QImage(910, 1287, QImage.Format.Format_RGB32)
    page.fill("white")
    made.show_page(page, "Page 1 of 5", "Not ready.")
    return made


def test_the_whole_page_is_seen_without_scrolling(canvas):
    canvas.show_mode(WHOLE)
    place = canvas.get_page_rect()
    assert canvas.rect().contains(place)
    assert place.height() == pytest.approx(400 - 2 * PAD, abs=1)
    assert place.width() / place.height() == pytest.approx(910 / 1287, abs=0.01)
    assert canvas.verticalScrollBar().maximum() == 0


def test_in_width_mode_the_page_fills_the_width_and_is_scrolled(canvas):
    canvas.show_mode(WIDTH)
    bar = canvas.verticalScrollBar()
    assert canvas.get_page_rect().width() == 600 - bar.sizeHint().width() - 2 * PAD
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    canvas.show_page(QImage(910, 1287, QImage.Format.Format_RGB32), "Page 2 of 5", "")
    assert bar.value() == 0, "another page is seen from its top"


def test_a_page_is_not_blown_up_much_beyond_its_pixels(canvas):
    canvas.show_page(QImage(100, 141, QImage.Format.Format_RGB32), "Page 1 of 1", "")
    canvas.show_mode(WIDTH)
    assert canvas.get_page_rect().width() == 125


def test_it_says_which_page_it_shows(canvas):
    assert canvas.accessibleName() == "Page 1 of 5"
    assert canvas.accessibleDescription() == "Not ready."


def test_the_page_lies_white_on_the_neutral_surround(canvas, look):
    canvas.show_mode(WHOLE)
    canvas.clearFocus()
    picture = canvas.grab().toImage()
    assert picture.pixelColor(300, 200).name() == "#ffffff"
    assert picture.pixelColor(10, 200).name() == look.tokens.pressed.lower()


def test_without_a_page_there_is_only_the_surround(look, qtbot):
    canvas = PageCanvas(look)
    qtbot.addWidget(canvas)
    assert canvas.get_page_rect().isEmpty()
