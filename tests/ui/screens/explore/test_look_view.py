from fieldcheck.ui.screens.explore.look_view import LookView


def test_the_key_for_boxes_is_there_only_where_there_are_any(window, qtbot):
    view = LookView(window.context.look, window.context.actions)
    qtbot.addWidget(view)
    view.show_boxes_key(False)
    assert view.overlays.isHidden()
    view.show_whose(benchmark=True)
    assert view.answers[1].said() == "Label was wrong"
    view.show_whose(benchmark=False)
    assert view.answers[1].said() == "My label was wrong"
    assert [button.accessibleName()[-1] for button in view.answers] == ["M", "L", "C"]
