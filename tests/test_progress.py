import threading
import time

import pytest

from fieldcheck.progress import (
    Cancelled,
    CancelToken,
    LatestValue,
    NullProgress,
    Progress,
    get_cancel_token,
    has_pace,
    measure_stages,
    set_cancel_token,
    time_items,
    time_stage,
)


def work(progress: Progress) -> int:
    done = 0
    for _ in range(3):
        progress.check()
        done += 1
        progress.report(done, 3, "frames")
    return done


def test_silent_progress_lets_work_finish():
    assert work(NullProgress()) == 3


def test_a_raised_flag_stops_the_work_at_its_next_look():
    flag = CancelToken()
    flag.cancel()
    assert flag.is_cancelled
    with pytest.raises(Cancelled):
        work(NullProgress(flag))


def test_a_flag_that_nobody_raised_stops_nothing():
    flag = CancelToken()
    flag.check()
    assert not flag.is_cancelled


def test_another_thread_can_stop_the_work():
    flag, seen = CancelToken(), threading.Event()

    def endless() -> None:
        try:
            while True:
                flag.check()
        except Cancelled:
            seen.set()

    thread = threading.Thread(target=endless)
    thread.start()
    flag.cancel()
    thread.join(60)
    assert seen.is_set()


def test_a_cancel_is_no_error_of_the_family():
    from fieldcheck.errors.files import FieldcheckError

    assert not issubclass(Cancelled, FieldcheckError)


def test_what_cannot_look_at_a_flag_is_ended_by_it_while_it_lasts():
    flag, ended = CancelToken(), []
    with flag.call_on_cancel(lambda: ended.append("first")):
        pass
    with flag.call_on_cancel(lambda: ended.append("second")):
        flag.cancel()
    with flag.call_on_cancel(lambda: ended.append("too late")):
        assert ended == ["second", "too late"]


def test_a_thread_works_under_its_own_flag():
    flag, seen = CancelToken(), []

    def work() -> None:
        set_cancel_token(flag)
        seen.append(get_cancel_token())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert seen == [flag]
    assert get_cancel_token() is None


@pytest.mark.parametrize(
    ("share", "seconds", "told"),
    [(1 / 119, 222.0, False), (0.05, 1.9, False), (0.05, 2.0, True), (1.0, 9.0, False)],
)
def test_a_time_left_is_told_from_five_per_cent_and_two_seconds_on(share, seconds, told):
    assert has_pace(share, seconds) is told


def test_a_value_is_taken_once():
    slot = LatestValue[int]()
    slot.put_value(7)
    assert (slot.take_value(), slot.take_value()) == (7, None)


def test_the_newest_value_wins_and_the_unseen_ones_are_counted():
    slot = LatestValue[int]()
    for number in range(5):
        slot.put_value(number)
    assert slot.take_value() == 4
    assert slot.replaced == 4


def test_a_false_value_is_a_value():
    slot = LatestValue[int]()
    slot.put_value(0)
    assert slot.take_value() == 0
    assert slot.replaced == 0


def test_waiting_for_nothing_ends():
    assert LatestValue[int]().take_value(wait_s=0.01) is None


def test_a_waiting_reader_is_woken_by_the_writer():
    slot, got = LatestValue[str](), []
    reader = threading.Thread(target=lambda: got.append(slot.take_value(wait_s=10)))
    reader.start()
    slot.put_value("frame")
    reader.join(60)
    assert got == ["frame"]


def test_a_fast_writer_and_a_slow_reader_lose_count_of_nothing():
    slot, n, taken = LatestValue[int](), 5000, []
    writer = threading.Thread(target=lambda: [slot.put_value(number) for number in range(n)])
    writer.start()
    while writer.is_alive():
        taken.append(slot.take_value())
    writer.join()
    taken.append(slot.take_value())
    seen = [number for number in taken if number is not None]
    assert seen == sorted(seen)
    assert seen[-1] == n - 1
    assert len(seen) + slot.replaced == n


def count_up() -> int:
    return sum(range(20_000))


def test_nested_stages_are_counted_once():
    began = time.perf_counter()
    with measure_stages() as times, time_stage("outer"):
        count_up()
        with time_stage("inner"):
            count_up()
    elapsed = time.perf_counter() - began
    found = times.list_times()
    assert list(found) == ["outer", "inner"]
    assert all(stage.clock_s > 0 and stage.calls == 1 for stage in found.values())
    assert sum(stage.clock_s for stage in found.values()) <= elapsed


def test_stages_of_other_threads_count_and_none_stands_inside_another_threads_stage():
    with measure_stages() as times, time_stage("outer"):
        threads = [threading.Thread(target=run_stage) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = times.list_times()
    assert found["chunk"].calls == 4
    assert found["outer"].clock_s > 0


def run_stage() -> None:
    with time_stage("chunk"):
        count_up()


def test_of_items_only_their_making_counts():
    with measure_stages() as times:
        for _ in time_items("read", (count_up() for _ in range(3))):
            with time_stage("use"):
                count_up()
    found = times.list_times()
    assert (found["read"].calls, found["use"].calls) == (4, 3)  # the end is asked for too


def test_a_stage_that_fails_is_counted_and_the_error_goes_on():
    with measure_stages() as times:
        try:
            with time_stage("broken"):
                raise ValueError
        except ValueError:
            pass
    assert times.list_times()["broken"].calls == 1


def test_nothing_is_counted_where_nobody_measures():
    with measure_stages() as times:
        pass
    with time_stage("late"):
        assert list(time_items("late", [1, 2])) == [1, 2]
    assert times.list_times() == {}
