from fieldcheck.ui.screens.explore.modes import MODES, Modes


def test_each_part_has_a_button_with_its_key_and_one_is_shown(window, qtbot):
    modes = Modes(window.context.look, window.context.actions)
    qtbot.addWidget(modes)
    assert list(modes.buttons) == list(MODES)
    assert modes.buttons["map"].accessibleName() == "Map, 3"
    modes.show_mode("look")
    assert [code for code, button in modes.buttons.items() if button.isChecked()] == ["look"]


def test_a_press_turns_to_the_part(explore, folder, settle):
    screen = explore(folder("labelled"))
    for mode in (*MODES[1:], "gap"):
        screen.view.modes.buttons[mode].click()
        settle()
        assert screen.presenter.session.mode == mode
    screen = explore(folder("empty"))
    assert screen.presenter.session.mode == "gap"
