from fieldcheck.errors.files import DiskFull
from fieldcheck.labels.store import LabelDecision
from fieldcheck.project.tables import labels as labels_table


def storing_of(screen):
    return screen.presenter.label_actions._writer


def test_an_answer_to_a_frame_that_nobody_has_seen_yet_is_not_taken(window, label_screen):
    assert storing_of(label_screen).is_ready()
    label_screen.presenter.view_tracker.start_frame()
    assert not storing_of(label_screen).is_ready()
    assert label_screen.view._note.text() == "Too fast. Press the key again."


def test_while_an_answer_is_on_its_way_no_second_one_is_taken(window, label_screen, settle):
    storing_of(label_screen).store_decision(LabelDecision("red"), "red", "class")
    assert not storing_of(label_screen).is_ready()
    settle()
    (label,) = window.current.project.read(labels_table.list_labels)
    assert (label.class_name, label.blind, label.seconds > 0) == ("red", True, True)
    assert not label_screen.presenter.state.saving


def test_an_act_that_failed_says_what_is_safe_and_the_frame_can_be_answered_again(
    window, label_screen
):
    label_screen.presenter.state.saving = True
    storing_of(label_screen).on_store_failed(DiskFull(label_screen.presenter.state.frame.picture))
    assert [message.key for message in window.messages.banners] == ["label"]
    assert storing_of(label_screen).is_ready()


def test_during_repeats_no_draft_reaches_the_project(window, label_screen, settle):
    depth = window.current.undo_depth
    label_screen.presenter.state.begin_repeats()
    storing_of(label_screen).store_draft("draw", (), ())
    settle()
    assert window.current.undo_depth == depth
