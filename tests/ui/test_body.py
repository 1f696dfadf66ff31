from types import SimpleNamespace

from fieldcheck.ui.current_project import BodyLoader, get_opening_message


class Current:
    """An open project that answers when it is told to."""

    def __init__(self):
        self.revision, self.asked = 1, []

    def query(self, question, then, failed):
        self.asked.append((then, failed))


def test_nothing_is_read_before_an_answer_has_come():
    current, told = Current(), []
    body = BodyLoader(current)
    assert not body.enter()
    body.query(lambda project: 1, told.append, told.append)
    assert not body.is_read
    current.asked[0][0](7)
    assert (body.is_read, told) == (True, [7])
    assert body.enter(), "nothing has changed since"


def test_what_was_read_before_a_change_is_not_shown_when_the_screen_is_entered_again():
    current = Current()
    body = BodyLoader(current)
    body.query(lambda project: 1, lambda _answer: None, lambda _error: None)
    current.revision += 1
    current.asked[0][0](7)
    assert body.is_read, "while the screen is shown it stands until the next answer"
    assert not body.enter()
    assert not body.is_read


def test_a_reading_that_fails_counts_as_failed_unless_something_stands_there():
    current, errors = Current(), []
    body = BodyLoader(current)
    body.query(lambda project: 1, lambda _answer: None, errors.append)
    error = OSError("gone")
    current.asked[0][1](error)
    assert (body.is_read, body.failed, errors) == (False, True, [error])
    body.reset()
    assert not body.failed
    body.mark_read(current.revision)
    body.query(lambda project: 1, lambda _answer: None, errors.append)
    current.asked[1][1](error)
    assert (body.is_read, body.failed) == (True, False)


def test_only_while_a_project_is_being_opened_a_screen_says_so():
    assert get_opening_message(SimpleNamespace(opening=False)) == ""
    assert get_opening_message(SimpleNamespace(opening=True)) == "Opening the project …"
