from fieldcheck.errors import DiskFull
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.workflows.label.label_frames import LabelDecision


def storing_of(screen):
    return screen.presenter.answers._storing


def test_an_answer_to_a_frame_that_nobody_has_seen_yet_is_not_taken(window, label_screen):
    assert storing_of(label_screen).ready()
    label_screen.presenter.looking.begin()
    assert not storing_of(label_screen).ready()
    assert label_screen.view._note.text() == "Too fast. Press the key again."


def test_while_an_answer_is_on_its_way_no_second_one_is_taken(window, label_screen, settle):
    storing_of(label_screen).say(LabelDecision("red"), "red", "class")
    assert not storing_of(label_screen).ready()
    settle()
    (label,) = window.current.project.read(labels_table.all)
    assert (label.class_name, label.blind, label.seconds > 0) == ("red", True, True)
    assert not label_screen.presenter.session.saving


def test_an_act_that_failed_says_what_is_safe_and_the_frame_can_be_answered_again(window, label_screen):
    label_screen.presenter.session.saving = True
    storing_of(label_screen).not_stored(DiskFull(label_screen.presenter.session.frame.picture))
    assert [message.key for message in window.messages.banners] == ["label"]
    assert storing_of(label_screen).ready()


def test_during_repeats_no_draft_reaches_the_project(window, label_screen, settle):
    depth = window.current.undo_depth
    label_screen.presenter.session.begin_repeats()
    storing_of(label_screen).keep("draw", (), ())
    settle()
    assert window.current.undo_depth == depth
