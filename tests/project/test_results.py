import threading

import pytest

from fieldcheck.progress import Cancelled, CancelToken
from fieldcheck.project.cache import ResultCache


def never() -> None:
    """Nobody asks whoever waits to stop."""


def test_it_is_worked_out_once_for_a_state_and_anew_for_another():
    results, made, state = ResultCache(), [], ["a"]

    def ask():
        return results.get_or_compute(
            "report", lambda: state[0], lambda: made.append(state[0]) or len(made), never
        )

    assert (ask(), ask(), made) == (1, 1, ["a"])
    assert results.find_result("report", "a") == 1
    state[0] = "b"
    assert (ask(), ask(), made) == (2, 2, ["a", "b"])
    assert results.find_result("report", "a") is None
    assert results.find_result("another", "b") is None


def test_what_was_made_while_the_state_changed_is_not_kept():
    results, states = ResultCache(), iter(["a", "b"])
    actual = results.get_or_compute("report", lambda: next(states), lambda: "between", never)
    assert actual == "between"
    assert results.find_result("report", "a") is None
    assert results.find_result("report", "b") is None


def test_what_failed_is_tried_again():
    results = ResultCache()

    def fails():
        raise LookupError

    with pytest.raises(LookupError):
        results.get_or_compute("report", lambda: "a", fails, never)
    assert results.get_or_compute("report", lambda: "a", lambda: 7, never) == 7


def test_who_asks_meanwhile_waits_for_the_same_and_can_be_stopped():
    results = ResultCache()
    begun = threading.Event()
    go_on = threading.Event()
    found = []
    flag = CancelToken()

    def slow():
        begun.set()
        assert go_on.wait(60)
        return object()

    def ask():
        found.append(results.get_or_compute("report", lambda: "a", slow, never))

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    first.start()
    assert begun.wait(60)
    second.start()
    flag.cancel()
    with pytest.raises(Cancelled):
        results.get_or_compute("report", lambda: "a", slow, flag.check)
    go_on.set()
    first.join(60)
    second.join(60)
    assert len(found) == 2
    assert found[0] is found[1]
