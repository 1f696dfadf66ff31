from fieldcheck.evidence.messages import DONE, LOOK, StateLine
from fieldcheck.ui.screens.evidence.packs import StateRow


def test_a_row_that_is_to_be_looked_at_says_so_by_mark_and_tone(look, shown):
    row = shown(StateRow(look, "Seal"), 400, 60)
    row.show_state(StateLine(LOOK, "The limit changed."))
    assert row.mark.text() == "▲"
    assert (row.said.text(), row.said.property("tone")) == ("The limit changed.", "warn")
    row.show_state(StateLine(DONE, "Sealed."))
    assert (row.mark.text(), row.said.property("tone")) == ("✓", "quiet")
