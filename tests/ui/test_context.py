def test_a_screen_gets_everything_by_its_constructor_and_can_send_to_another(window):
    context = window.context
    assert context.current is window.current
    assert context.runner is window.runner
    context.show_screen("project")
    assert window.current_screen == "project"
