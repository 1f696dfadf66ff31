import threading

from fieldcheck.progress import LatestValue


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
