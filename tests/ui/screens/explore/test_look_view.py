from fieldcheck.ui.screens.explore.look_view import LookView


def test_the_key_for_boxes_is_there_only_where_there_are_any(window, qtbot):
    view = LookView(window.context.look, window.context.actions)
    qtbot.addWidget(view)
    view.show_boxes_key(False)
    assert view.overlays.isHidden()
    assert view.answers[1].said() == "Label wrong"
    assert view.answers[1].said() == "Label wrong"
    assert [button.accessibleName()[-1] for button in view.answers] == ["M", "L", "C"]
