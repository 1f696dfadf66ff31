import threading

from fieldcheck.newest import Newest


def test_a_value_is_taken_once():
    slot = Newest[int]()
    slot.put(7)
    assert (slot.take(), slot.take()) == (7, None)


def test_the_newest_value_wins_and_the_unseen_ones_are_counted():
    slot = Newest[int]()
    for number in range(5):
        slot.put(number)
    assert slot.take() == 4
    assert slot.replaced == 4


def test_a_false_value_is_a_value():
    slot = Newest[int]()
    slot.put(0)
    assert slot.take() == 0
    assert slot.replaced == 0


def test_waiting_for_nothing_ends():
    assert Newest[int]().take(wait_s=0.01) is None


def test_a_waiting_reader_is_woken_by_the_writer():
    slot, got = Newest[str](), []
    reader = threading.Thread(target=lambda: got.append(slot.take(wait_s=10)))
    reader.start()
    slot.put("frame")
    reader.join(60)
    assert got == ["frame"]


def test_a_fast_writer_and_a_slow_reader_lose_count_of_nothing():
    slot, n, taken = Newest[int](), 5000, []
    writer = threading.Thread(target=lambda: [slot.put(number) for number in range(n)])
    writer.start()
    while writer.is_alive():
        taken.append(slot.take())
    writer.join()
    taken.append(slot.take())
    seen = [number for number in taken if number is not None]
    assert seen == sorted(seen)
    assert seen[-1] == n - 1
    assert len(seen) + slot.replaced == n
