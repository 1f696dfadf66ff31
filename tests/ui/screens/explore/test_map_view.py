from fieldcheck.ui.screens.explore.map_view import MapView


def test_it_says_how_the_map_is_used_by_mouse_and_by_keys(window, qtbot):
    view = MapView(window.context.look, window.context.actions)
    qtbot.addWidget(view)
    assert "mouse" in view.how.text()
    assert "arrow keys" in view.how.text()
    assert view.cloud.accessibleName()
