import threading

import pytest

from fieldcheck.progress import Cancelled, Progress, Silent, StopFlag


def work(progress: Progress) -> int:
    done = 0
    for _ in range(3):
        progress.check()
        done += 1
        progress.report(done, 3, "frames")
    return done


def test_silent_progress_lets_work_finish():
    assert work(Silent()) == 3


def test_a_raised_flag_stops_the_work_at_its_next_look():
    flag = StopFlag()
    flag.stop()
    assert flag.stopping
    with pytest.raises(Cancelled):
        work(Silent(flag))


def test_a_flag_that_nobody_raised_stops_nothing():
    flag = StopFlag()
    flag.check()
    assert not flag.stopping


def test_another_thread_can_stop_the_work():
    flag, seen = StopFlag(), threading.Event()

    def endless() -> None:
        try:
            while True:
                flag.check()
        except Cancelled:
            seen.set()

    thread = threading.Thread(target=endless)
    thread.start()
    flag.stop()
    thread.join(5)
    assert seen.is_set()


def test_a_cancel_is_no_error_of_the_family():
    from fieldcheck.errors import FieldcheckError

    assert not issubclass(Cancelled, FieldcheckError)
