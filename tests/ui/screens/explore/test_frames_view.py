from fieldcheck.ui.screens.explore.frames_view import FramesView


def test_a_note_takes_room_only_while_it_says_something(window, qtbot):
    view = FramesView(window.context.look, window.context.actions)
    qtbot.addWidget(view)
    view.show_note("Two frames wait.")
    assert not view.note.isHidden()
    view.show_note("")
    assert view.note.isHidden()
    view.set_compact(True)
    narrow = view.side.width()
    view.set_compact(False)
    assert view.side.maximumWidth() > 0
    assert view.side.minimumWidth() >= narrow or narrow
