import re
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from fieldcheck.analyses.early_verdict import get_interim_verdict
from fieldcheck.domain.label import Label, ReviewRequest
from fieldcheck.errors.files import DiskFull
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.messages import list_early_verdict_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.settings import Settings
from fieldcheck.ui.screens.label.canvas import FrameViewTracker
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.label_actions import LabelActions, LabelWriter
from fieldcheck.ui.screens.label.state import LabelState
from tests import makers
from tests.analyses.test_early_verdict import wrong
from tests.ui.screens.label.conftest import seen
from tests.ui.screens.label.recorded import RecordedCurrent, RecordedView
from tests.ui.screens.label.test_state import work

Key, Mod = Qt.Key, Qt.KeyboardModifier
KEYS = {"red": Key.Key_1, "green": Key.Key_2, "blue": Key.Key_3}


def read(window, listing):
    return window.current.project.read(listing)


def give(window, qtbot, press, settle, key, modifier=Mod.NoModifier):
    seen(qtbot, window)
    press(key, modifier)
    settle()


@pytest.mark.long
def test_the_rest_of_the_burst_is_labelled_and_undone(window, alike_screen, press, settle, qtbot):
    presenter = alike_screen.presenter
    size = presenter.state.frame.scene_size
    assert size > 1
    assert re.search(r"burst \d+ of \d+", alike_screen.view.canvas.accessibleName())
    give(window, qtbot, press, settle, Key.Key_2)
    give(window, qtbot, press, settle, Key.Key_B)
    settle()
    expected = ["green"] * size
    assert [label.class_name for label in read(window, labels_table.list_labels)] == expected
    assert presenter.state.frame.frame_id not in presenter.state.round.labels
    expected = ["class"] + ["burst"] * (size - 1)
    assert [event.action for event in read(window, labels_table.list_label_events)] == expected
    give(window, qtbot, press, settle, Key.Key_B)
    assert "No unlabelled frame" in alike_screen.view._note.text()
    press(Key.Key_Z, Mod.ControlModifier)
    settle()
    assert len(read(window, labels_table.list_labels)) == 1


@pytest.mark.long
def test_frames_of_a_burst_are_apart_for_the_random_order_of_early_verdicts(window, alike_screen):
    scenes = [frame.scene for frame in alike_screen.presenter.state.frames]
    runs = [scene for at, scene in enumerate(scenes) if at == 0 or scenes[at - 1] != scene]
    assert len(runs) > len(set(scenes)) > 1


@pytest.mark.long
def test_without_a_label_there_is_nothing_for_the_rest(window, label_screen, press, settle):
    press(Key.Key_B)
    settle()
    assert "Label one frame" in label_screen.view._note.text()


@pytest.mark.long
def test_a_skip_may_be_given_its_reason_afterwards(window, answer, press, settle):
    answer(Key.Key_X)
    assert "Alt+1 black image" in window.get_shown_screen().view._note.text()
    press(Key.Key_1, Mod.AltModifier)
    settle()
    (label,) = read(window, labels_table.list_labels)
    assert (label.state, label.why) == ("skipped", "black")
    assert window.get_shown_screen().presenter.state.index == 1
    answer(Key.Key_1)
    press(Key.Key_2, Mod.AltModifier)
    settle()
    assert window.get_shown_screen().view._note.text() == "No frame was skipped recently."


@pytest.mark.long
def test_a_skip_that_was_undone_is_given_no_reason(window, answer, press, settle):
    answer(Key.Key_1)
    press(Key.Key_Left)
    answer(Key.Key_X)
    press(Key.Key_Z, Mod.ControlModifier)
    settle()
    press(Key.Key_2, Mod.AltModifier)
    settle()
    (label,) = read(window, labels_table.list_labels)
    assert (label.state, label.class_name) == ("done", "red")
    assert window.get_shown_screen().view._note.text() == "No frame was skipped recently."


@pytest.mark.long
def test_a_flag_for_the_expert_stays_and_labels_nothing(window, answer, label_screen, settle):
    window.preferences.update(name="K. M.")
    answer(Key.Key_E)
    name = window.get_shown_screen().presenter.state.get_current_frame_id()
    actual = read(window, labels_table.list_marks)
    assert actual == {name: ReviewRequest(name, expert=True, by="K. M.")}
    assert "flagged for expert" in window.get_shown_screen().view.canvas.accessibleName()
    answer(Key.Key_E)
    assert read(window, labels_table.list_marks) == {}
    assert read(window, labels_table.list_labels) == ()


@pytest.mark.long
def test_every_label_is_logged_with_keys_loupe_and_who(window, answer, qtbot, press):
    window.preferences.update(name="K. M.")
    seen(qtbot, window)
    canvas = window.get_shown_screen().view.canvas
    QTest.keyPress(canvas, Key.Key_Z)
    QTest.keyRelease(canvas, Key.Key_Z)
    press(Key.Key_L)
    answer(Key.Key_1)
    answer(Key.Key_1)
    answer(Key.Key_Backspace)
    first, second, back = read(window, labels_table.list_label_events)
    assert (first.n_keys, first.lifted, first.by, first.blind) == (3, True, "K. M.", True)
    assert (second.n_keys, second.action, second.seconds > 0) == (1, "class", True)
    assert (back.action, back.frame_id, back.undo_of) == ("back", second.frame_id, 2)


@pytest.mark.long
def test_blind_repeats_come_without_labels_and_keep_them(window, answer, settle, press, qtbot):
    for _ in range(20):
        answer(Key.Key_1)
    before = read(window, labels_table.list_labels)
    press(Key.Key_R)
    settle()
    presenter = window.get_shown_screen().presenter
    assert presenter.state.repeating
    assert len(presenter.state.frames) == 20
    assert "✓" not in " ".join(cell.caption for cell in window.get_shown_screen().view.strip._cells)
    answer(Key.Key_1)
    answer(Key.Key_2)
    assert read(window, labels_table.list_labels) == before
    expected = ["red", "green"]
    assert [one.class_name for one in read(window, labels_table.list_repeats)][:2] == expected
    press(Key.Key_Z, Mod.ControlModifier)
    settle()
    assert presenter.state.repeating
    assert presenter.state.index == 1
    press(Key.Key_B, Mod.ControlModifier)
    assert window.get_shown_screen().view._note.text() == "Relabelling is always blind."
    press(Key.Key_Escape)
    settle()
    assert not presenter.state.repeating
    assert len(presenter.state.round.labels) == 20


@pytest.mark.long
def test_a_drag_on_a_handle_is_one_act(window, boxes_screen, press, settle, qtbot):
    press(Key.Key_Insert)
    settle()
    canvas = window.get_shown_screen().view.canvas
    place = canvas._get_placement()
    start = place.map_box(canvas.overlay.boxes[0]).bottomRight().toPoint()
    depth = window.current.undo_depth
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 8):
        QTest.mouseMove(canvas, start + QPoint(4 * step, 2 * step))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 20))
    settle()
    assert window.current.undo_depth == depth + 1
    box = boxes_screen.drawing.boxing.boxes.all[0]
    assert box.w == pytest.approx(16 + 40 / place.scale, abs=0.6)


@pytest.fixture
def alone():
    """Answering without a window: five frames that were seen, a display that remembers, and what
    would reach the project."""
    session = LabelState()
    view = RecordedView(fitting=("Crack", "Crackle"))
    current = RecordedCurrent()
    session.load_work(work())
    now = Settings(too_fast_ms=0, name="Ann")
    preferences = SimpleNamespace(settings=now)
    context = SimpleNamespace(current=current, messages=None, preferences=preferences)
    looking = FrameViewTracker()
    looking.mark_shown()
    storing = LabelWriter(session, context, view, looking, lambda _label, _flash: None)
    drawing = Drawing(view, storing.store_draft)
    drawing.set_label_kind("class", session.loaded_work.classes)
    made = LabelActions(session, view, drawing, storing, looking, context, load=lambda _frame: None)
    return SimpleNamespace(label_actions=made, session=session, view=view, current=current)


def test_one_answer_at_a_time_reaches_the_project(alone):
    alone.label_actions.apply_class_at(0)
    alone.label_actions.apply_class_at(1)
    assert len(alone.current.acts) == 1


def test_the_same_is_what_was_stored_last_and_not_a_key_that_was_not_taken(alone):
    alone.session.apply_label(Label("f0", "done", "Dent"))
    alone.session.saving = True
    alone.label_actions.apply_class_at(0)
    alone.session.saving = False
    alone.label_actions.repeat_last_label()
    assert len(alone.current.acts) == 1
    assert alone.view.notes == []
    assert alone.session.last_class == "Dent"


def test_a_key_without_a_class_says_nothing(alone):
    alone.label_actions.apply_class_at(3)
    alone.label_actions.repeat_last_label()
    assert alone.current.acts == []


def test_typing_takes_the_first_class_that_fits_and_says_where_none_does(alone):
    alone.label_actions.apply_typed_class("none such")
    assert alone.view.notes == ["No class named none such."]
    alone.label_actions.apply_typed_class("rack")
    assert len(alone.current.acts) == 1


def test_why_a_frame_was_skipped_is_asked_only_after_one_was(alone):
    alone.label_actions.set_skip_reason(1)
    assert alone.view.notes == ["No frame was skipped recently."]
    assert alone.current.acts == []


def test_a_burst_needs_a_label_before(alone):
    alone.label_actions.label_burst()
    assert alone.view.notes == ["Label one frame of the burst first."]
    alone.session.apply_label(Label("f0", "done", "OK"))
    alone.label_actions.label_burst()
    assert len(alone.current.acts) == 1


@pytest.fixture
def nearly(drawn):
    """The folder of a project that one more label decides, the key of that label, and what is said
    then."""
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    where = {line.frame.frame_id: line for line in drawn.read(list_sampling_lines)}
    for pick in sorted(drawn.read(labels_table.list_picks), key=lambda one: one.place):
        answer = wrong(where[pick.frame_id])
        set_label(drawn, pick.frame_id, LabelDecision(answer), annotator="a", now=makers.NOW)
        found = get_interim_verdict(drawn)
        if found.decided:
            break
    drawn.undo()
    drawn.close()
    return (
        drawn.path,
        KEYS[answer],
        list_early_verdict_lines(found.decided, found.n, found.tolerance)[0],
    )


@pytest.mark.long
def test_nothing_is_told_of_the_verdict_while_labels_are_given(
    window, open_in_window, settle, press, qtbot, nearly
):  # fmt: skip
    path, key, said = nearly
    window.preferences.update(too_fast_ms=0)
    open_in_window(path)
    window.show_screen("label")
    settle()
    seen(qtbot, window)
    press(key)
    settle()
    shown = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    told = [one.text() for one in shown if one.isVisible()]
    assert said.startswith("Early verdict after")
    assert any("labelled" in text for text in told)
    assert [text for text in told if "verdict" in text.lower() or " pp" in text] == []


def storing_of(screen):
    return screen.presenter.label_actions._writer


def test_an_answer_to_a_frame_that_nobody_has_seen_yet_is_not_taken(window, label_screen):
    assert storing_of(label_screen).is_ready()
    label_screen.presenter.view_tracker.start_frame()
    assert not storing_of(label_screen).is_ready()
    assert label_screen.view._note.text() == "Too fast. Press the key again."


@pytest.mark.long
def test_while_an_answer_is_on_its_way_no_second_one_is_taken(window, label_screen, settle):
    storing_of(label_screen).store_decision(LabelDecision("red"), "red", "class")
    assert not storing_of(label_screen).is_ready()
    settle()
    (label,) = window.current.project.read(labels_table.list_labels)
    assert (label.class_name, label.blind, label.seconds > 0) == ("red", True, True)
    assert not label_screen.presenter.state.saving


@pytest.mark.long
def test_a_failed_act_says_what_is_safe_and_the_frame_can_be_answered_again(window, label_screen):
    label_screen.presenter.state.saving = True
    storing_of(label_screen).on_store_failed(DiskFull(label_screen.presenter.state.frame.picture))
    assert [message.key for message in window.messages.banners] == ["label"]
    assert storing_of(label_screen).is_ready()


@pytest.mark.long
def test_during_repeats_no_draft_reaches_the_project(window, label_screen, settle):
    depth = window.current.undo_depth
    label_screen.presenter.state.begin_repeats()
    storing_of(label_screen).store_draft("draw", (), ())
    settle()
    assert window.current.undo_depth == depth
