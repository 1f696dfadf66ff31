from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from fieldcheck.labels.label_session import Suggestion
from fieldcheck.models.run import run_on_set
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.screens.label.class_panel import ClassButton
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.label_actions import BlindMode
from fieldcheck.ui.screens.label.state import LabelState
from tests import makers
from tests.ui.screens.label.conftest import seen
from tests.ui.screens.label.recorded import RecordedCurrent, RecordedView
from tests.ui.screens.label.test_state import work

Key, Mod = Qt.Key, Qt.KeyboardModifier


def everything(window):
    """Every text, name, description and tooltip of the screen and its header, but for the classes
    that can be pressed."""
    head = window._headers[window.current_screen].heading
    found = [head.title, head.hint, head.primary]
    cases = [window.get_shown_screen().view, *window.get_shown_screen().view.findChildren(QWidget)]
    for widget in cases:
        if isinstance(widget, ClassButton | QProgressBar):
            continue
        found += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if callable(getattr(widget, "text", None)):
            found.append(widget.text())
    return " ".join(found)


@pytest.mark.long
def test_two_presses_show_the_answer_and_labels_say_so(window, label_screen, press, settle, qtbot):
    view = label_screen.view
    press(Key.Key_B, Mod.ControlModifier)
    settle()
    assert label_screen.presenter.state.blind
    assert view.blind.isChecked()
    assert "not blind" in view._note.text()
    press(Key.Key_B, Mod.ControlModifier)
    settle()
    assert not view.blind.isChecked()
    assert view._suggestion.text().startswith("Not blind. Prediction of net: ")
    seen(qtbot, window)
    suggested = view._suggestion.text()
    press(Key.Key_M)
    settle()
    (label,) = window.current.project.read(labels_table.list_labels)
    assert label.blind is False
    assert suggested.startswith(f"Not blind. Prediction of net: {label.class_name} ")
    press(Key.Key_B, Mod.ControlModifier)
    press(Key.Key_B, Mod.ControlModifier)
    settle()
    seen(qtbot, window)


def test_while_blind_nothing_is_taken_over(window, label_screen, press, settle):
    press(Key.Key_M)
    settle()
    assert window.current.project.read(labels_table.list_labels) == ()
    assert "hidden" in label_screen.view._note.text()


@pytest.mark.long
def test_while_blind_no_answer_of_the_model_reaches_any_text_name_tooltip_or_order(
    window, open_in_window, press, settle, qtbot, material, tmp_path
):
    """The classes are called ZZZ and the model has answered every pick: outside the buttons that a
    person presses nothing says ZZZ."""
    card = {**makers.COLOUR_CARD, "classes": ["ZZZ1", "ZZZ2", "ZZZ3"]}
    model = makers.colour_model(tmp_path / "z.onnx", card=card)
    project = makers.empty_project(tmp_path / "z.fieldcheck", model)
    makers.add_footage(project, material / "belt.avi")
    makers.draw(project, 10)
    shown = [pick.frame_id for pick in project.read(labels_table.list_picks)]
    run_on_set(project, find_model(project), "field", NullProgress(), makers.NOW)
    project.close()
    window.preferences.update(too_fast_ms=0)
    open_in_window(tmp_path / "z.fieldcheck")
    window.show_screen("label")
    settle()
    for _ in range(3):
        seen(qtbot, window)
        said = everything(window)
        assert not [word for word in ("ZZZ", "%") if word in said]
        assert not [
            word
            for word in ("hard", "doubt", "sure of", "confidence", "stratum", "the rest")
            if word in said.lower()
        ]
        press(Key.Key_Right)
        settle()
    assert [frame.frame_id for frame in window.get_shown_screen().presenter.state.frames] == shown


@pytest.mark.long
def test_boxes_of_the_model_are_taken_over_to_be_corrected(window, boxes_screen, press, settle):
    press(Key.Key_B, Mod.ControlModifier)
    press(Key.Key_B, Mod.ControlModifier)
    settle()
    press(Key.Key_M)
    settle()
    n = len(boxes_screen.drawing.boxing.boxes.all)
    assert f"{n} box" in window.get_shown_screen().view._suggestion.text()
    assert window.current.project.read(labels_table.list_labels) == ()


@pytest.fixture
def seeing():
    """Without a window: the session of five frames, a display that remembers, and what was said."""
    session, view, current, said = LabelState(), RecordedView(), RecordedCurrent(), []
    session.load_work(work())
    context = SimpleNamespace(current=current, messages=None)
    drawing = Drawing(view, keep=lambda *_stroke: None)
    drawing.set_label_kind("class", session.loaded_work.classes)
    made = BlindMode(
        session,
        view,
        drawing,
        context,
        lambda decision, flash, action: said.append((decision.class_name, action)),
    )
    return SimpleNamespace(session=session, view=view, current=current, said=said, blind_mode=made)


def answered(stage, class_name):
    """The model that was asked has answered."""
    suggestion = Suggestion(stage.session.get_current_frame_id(), "net", class_name, 0.82, ())
    stage.current.asked[-1].succeed((("net",), suggestion))


def test_no_model_is_asked_before_the_second_press(seeing):
    seeing.blind_mode.request_suggestion()
    seeing.blind_mode.toggle_blind()
    assert seeing.current.asked == []
    assert seeing.view.blind == (True, "")
    seeing.blind_mode.toggle_blind()
    assert len(seeing.current.asked) == 1
    assert seeing.view.blind == (False, "Not blind: running the model …")


def test_a_class_that_the_project_knows_is_taken_over_and_no_other(seeing):
    seeing.blind_mode.toggle_blind()
    seeing.blind_mode.toggle_blind()
    answered(seeing, "Crack")
    assert seeing.view.blind == (False, "Not blind. Prediction of net: Crack 0.82")
    seeing.blind_mode.accept_suggestion()
    answered(seeing, "of another model")
    seeing.blind_mode.accept_suggestion()
    assert seeing.said == [("Crack", "class")]


def test_repeats_stay_blind_and_say_so(seeing):
    seeing.session.begin_repeats()
    seeing.blind_mode.toggle_blind()
    assert seeing.view.notes == ["Relabelling is always blind."]
    assert seeing.current.asked == []
