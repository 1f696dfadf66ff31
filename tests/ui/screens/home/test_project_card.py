from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from fieldcheck.ui.screens.home.captions import EditableCard, make_action_button


class NoteCard(EditableCard):
    """One line of text."""

    def __init__(self, look, actions):
        self.edit = make_action_button(look, "Edit", actions, "project.edit_site")
        super().__init__(look, "Note", self.edit)
        self.shown, self.field, self.kept = QLabel("as it was"), QLineEdit(), []
        self.column.addWidget(self.shown)
        self._add_form(
            self.field,
            hides=(self.shown, self.edit),
            save=lambda: self.kept.append(self.field.text()),
        )


def test_fields_take_the_place_of_the_rows_and_enter_saves_them(look, window, shown):
    card = shown(NoteCard(look, window.context.actions))
    assert (card.editing, card.shown.isVisible(), card.edit.isVisible()) == (False, True, True)
    card.field.setText("Lamp flickers")
    card._start_editing(card.field)
    assert (card.editing, card.shown.isVisible(), card.edit.isVisible()) == (True, False, False)
    assert card.field.selectedText() == "Lamp flickers"
    QTest.keyClick(card.field, Qt.Key.Key_Return)
    assert card.kept == ["Lamp flickers"]
    card.end_editing()
    assert (card.editing, card.shown.isVisible(), card.edit.isVisible()) == (False, True, True)


def test_a_button_of_a_card_shows_the_key_of_its_action(look, window, shown):
    made = shown(make_action_button(look, "Edit", window.context.actions, "project.edit_site"))
    actual = made.accessibleName()
    assert actual == f"Edit, {window.context.actions.get_key_text('project.edit_site')}"
