from fieldcheck.ui.screens.explore.label_review_view import LabelReviewView


def test_the_key_for_boxes_is_there_only_where_there_are_any(window, qtbot):
    view = LabelReviewView(window.context.theme, window.context.actions)
    qtbot.addWidget(view)
    view.set_overlay_key_visible(False)
    assert view.overlays.isHidden()
    assert view.answers[1].get_label() == "Label wrong"
    assert view.answers[1].get_label() == "Label wrong"
    assert [button.accessibleName()[-1] for button in view.answers] == ["M", "L", "C"]
