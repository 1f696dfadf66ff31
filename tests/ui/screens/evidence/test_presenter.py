import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.domain.project_state import Changes
from fieldcheck.ui.screens.evidence import presenter as screen


class Head:
    def show_head(self, head):
        self.head = head


@pytest.fixture
def shown(desk, look):
    """The screen at the desk, with its real pages, entered; and what its header says."""

    def show():
        head = Head()
        desk.theme = look
        made = screen.build_screen(desk, head)
        made.view.setParent(desk.room)
        desk.actions.set_screen("evidence")
        made.presenter.enter()
        desk.settle()
        return made, head

    return show


def can(desk, name):
    return desk.actions.get_action(f"evidence.{name}").isEnabled()


def test_without_a_project_it_says_what_would_stand_there_and_packs_can_still_be_verified(
    desk, shown
):
    made, head = shown()
    assert made.view.pages.current_page is made.view.placeholder
    assert head.head.primary == ""
    assert (can(desk, "repeat"), can(desk, "seal"), can(desk, "verify")) == (False, False, True)


def test_the_header_does_what_is_next_and_the_part_is_found_again(desk, project, shown):
    project("labelled")
    made, head = shown()
    assert (made.presenter.part, head.head.primary) == ("packs", "Create evidence pack")
    assert (can(desk, "pack"), can(desk, "seal"), can(desk, "repeat")) == (True, False, False)
    made.presenter.switch_part("runs")
    desk.settle()
    assert head.head.primary == "Reproduce this run"
    assert (can(desk, "repeat"), can(desk, "pack")) == (True, False)
    assert not any(can(desk, name) for name in ("newer", "older"))
    made.presenter.leave()
    again, _ = shown()
    assert again.view.pages.current_page is again.view.parts["runs"]
    again.presenter.refresh(Changes("project.opened"))
    assert again.presenter.parts["runs"].pages.n == 0


def test_before_the_first_label_the_main_action_seals_and_each_part_says_what_would_stand_there(
    desk, project, shown
):
    project("empty")
    made, head = shown()
    page = made.view.parts["packs"]
    assert (head.head.primary, can(desk, "seal")) == ("Seal now", True)
    assert page.next.text().startswith("Next: seal limits")
    actual = {code: row.mark.text() for code, row in page.rows.items()}
    assert actual == dict.fromkeys(page.rows, "–")
    made.presenter.on_primary_action()
    desk.settle()
    made.presenter.refresh(Changes("seal"))
    desk.settle()
    assert head.head.primary == "Create evidence pack"
    assert (page.rows["seal"].mark.text(), can(desk, "seal")) == ("✓", False)
    for part in ("runs", "people"):
        made.presenter.switch_part(part)
        desk.settle()
        assert made.view.parts[part].pages.current_page is made.view.parts[part].placeholder


def test_its_keys_turn_to_every_part_and_the_pin_is_set_by_its_button(desk, project, shown, qtbot):
    project("drawn")
    made, _ = shown()
    room = desk.room
    made.view.show()
    room.resize(900, 500)
    room.show()
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    for key, part in (
        (Qt.Key.Key_2, "runs"),
        (Qt.Key.Key_3, "people"),
        (Qt.Key.Key_4, "exports"),
        (Qt.Key.Key_1, "packs"),
    ):
        made.view.setFocus()
        QTest.keyClick(room, key)
        assert made.presenter.part == part
        desk.settle()
    page = made.view.parts["packs"]
    QTest.keyClick(room, Qt.Key.Key_P)
    assert page.pin.hasFocus()
    QTest.keyClicks(page.pin, "1234")
    QTest.mouseClick(page.give, Qt.MouseButton.LeftButton)
    desk.settle()
    made.presenter.refresh(Changes("admin"))
    desk.settle()
    assert page.rows["pin"].mark.text() == "▲"
    assert (page.give.get_label(), page.clear.isVisible()) == ("Change PIN", True)
    QTest.mouseClick(page.clear, Qt.MouseButton.LeftButton)
    desk.settle()
    made.presenter.refresh(Changes("admin"))
    desk.settle()
    assert (page.rows["pin"].mark.text(), page.give.get_label()) == ("–", "Set PIN")
