from fieldcheck.ui.screen import ScreenHeading


def test_the_header_says_what_the_screen_says(window):
    window.header.show_head(ScreenHeading("Label", "Look, press a number key.", "Finish labelling"))
    assert (window.header.title.text(), window.header.hint.text(), window.header.primary.get_label()) == (
        "Label", "Look, press a number key.", "Finish labelling",
    )  # fmt: skip
    assert window.header.primary.isVisible()


def test_a_screen_without_a_primary_action_has_no_primary_button(window):
    window.header.show_head(ScreenHeading("Help"))
    assert not window.header.primary.isVisible()
    assert not window.context.actions.get_action("primary").isEnabled()


def test_a_hint_that_has_no_room_is_cut_and_stays_in_the_tooltip(window):
    hint = "One sentence that is far too long for the header of a small window. " * 4
    window.header.show_head(ScreenHeading("Label", hint, "Finish"))
    assert window.header.hint.text().endswith("…")
    assert window.header.hint.toolTip() == hint


def test_undo_and_redo_are_named_though_they_show_icons_only(window):
    assert window.header.undo.accessibleName() == "Undo, Ctrl+Z"
    assert window.header.redo.accessibleName() == "Redo, Ctrl+Shift+Z"


def test_a_primary_action_with_a_key_of_its_own_shows_that_one(window):
    window.header.show_head(ScreenHeading("Capture", "", "Stop", key="R"))
    assert window.header.primary.accessibleName() == "Stop, R"
    window.header.show_head(ScreenHeading("Capture", "", "Pick frames"))
    assert window.header.primary.accessibleName() == "Pick frames, Ctrl+Enter"
