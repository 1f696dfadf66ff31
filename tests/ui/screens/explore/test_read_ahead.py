from PySide6.QtGui import QImage

from fieldcheck.labels.label_error_review import ReviewOverlay
from fieldcheck.ui.screens.explore.label_review import AHEAD, KEPT, ReadAhead


class Asked:
    """The open project, as far as it is read: what was asked is answered when the test says so."""

    def __init__(self):
        self.asked = []

    def query(self, question, then):
        self.asked.append((question.args[0], then))

    def answer(self):
        for subject, then in self.asked:
            then((subject, (QImage(), ReviewOverlay())))
        self.asked.clear()


def test_the_wanted_frame_and_the_next_few_are_asked_for_once_each(qapp):
    current, came = Asked(), []
    ahead = ReadAhead(current, came.append)
    names = [f"f{at}" for at in range(20)]
    ahead.request_frames(names)
    ahead.request_frames(names)
    assert [subject for subject, _ in current.asked] == names[: AHEAD + 1]
    assert ahead.get_frame("f0") is None
    current.answer()
    assert came == names[: AHEAD + 1]
    assert ahead.get_frame("f0") is not None
    ahead.request_frames(names[1:])
    assert [subject for subject, _ in current.asked] == [names[AHEAD + 1]]


def test_those_far_behind_are_forgotten_and_what_was_read_with_older_labels_is_not_taken(qapp):
    current, came = Asked(), []
    ahead = ReadAhead(current, came.append)
    for at in range(KEPT + 3):
        ahead.request_frames([f"f{at}"])
        current.answer()
    assert ahead.get_frame("f0") is None
    assert ahead.get_frame(f"f{KEPT + 2}") is not None
    ahead.request_frames(["late"])
    ahead.reset(object())
    came.clear()
    current.answer()
    assert (came, ahead.get_frame("late"), ahead.get_frame(f"f{KEPT + 2}")) == ([], None, None)
