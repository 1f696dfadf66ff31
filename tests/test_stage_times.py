import threading
import time

from fieldcheck.stage_times import measure_stages, time_items, time_stage


def work() -> int:
    return sum(range(20_000))


def test_nested_stages_are_counted_once():
    began = time.perf_counter()
    with measure_stages() as times, time_stage("outer"):
        work()
        with time_stage("inner"):
            work()
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
        work()


def test_of_items_only_their_making_counts():
    with measure_stages() as times:
        for _ in time_items("read", (work() for _ in range(3))):
            with time_stage("use"):
                work()
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
