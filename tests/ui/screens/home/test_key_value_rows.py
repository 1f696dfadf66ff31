from PySide6.QtWidgets import QLineEdit, QWidget

from fieldcheck.ui.screens.home.captions import ElidedLabel, FactsGrid, FormField


def test_data_that_has_no_room_is_cut_and_stands_whole_in_the_tooltip(look, qtbot):
    line = ElidedLabel()
    qtbot.addWidget(line)
    line.show()
    line.setText("a very long path " * 10)
    line.resize(120, 20)
    qtbot.waitUntil(lambda: "…" in line.text())
    assert line.toolTip() == line.whole == line.accessibleDescription()
    line.resize(1500, 20)
    qtbot.waitUntil(lambda: (line.text(), line.toolTip()) == (line.whole, ""))


def test_what_is_not_known_is_a_dash(look, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    facts = FactsGrid(look, ("Site", "Note"), wrapped=(1,))
    host.setLayout(facts)
    facts.show_values("", "Lamp flickers")
    assert [value.accessibleName() for value in facts.values] == ["Site", "Note"]
    assert (facts.values[0].whole, facts.values[1].text()) == ("–", "Lamp flickers")


def test_a_wrong_field_says_why_until_it_is_right(look, qtbot):
    field = FormField(look, "Name", QLineEdit())
    qtbot.addWidget(field)
    field.show_error("Enter a project name.")
    assert field.error_text == field.field.accessibleDescription() == "Enter a project name."
    field.show_error("")
    assert field.error_text == ""
    assert field.field.accessibleName() == "Name"
