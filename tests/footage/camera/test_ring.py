import threading

import numpy as np

from fieldcheck.footage.camera.camera import CapturedFrame, FrameRing
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.raw import RawImage

SIDE = 10
BYTES = SIDE * SIDE * 3


def frame(index, side=SIDE):
    return CapturedFrame(np.full((side, side, 3), index % 256, np.uint8), index, index / 10, "left")


def filled(n, limit_bytes=5 * BYTES):
    ring = FrameRing(limit_bytes)
    for index in range(n):
        ring.push(frame(index))
    return ring


def test_the_latest_frame_is_there_for_everyone_and_stays():
    ring = filled(3)
    assert [ring.get_latest().index, ring.get_latest().index] == [2, 2]
    assert FrameRing().get_latest() is None


def test_the_bytes_are_bounded_and_the_frames_counted():
    ring = filled(100)
    assert ring.n_bytes == 5 * BYTES
    assert ring.n_pushed == 100


def test_a_frame_larger_than_the_ring_is_held_alone():
    ring = filled(3)
    ring.push(frame(3, side=100))
    assert ring.n_bytes == 30_000
    assert ring.get_latest().index == 3


def test_a_reader_in_time_gets_every_frame_once():
    ring = FrameRing(5 * BYTES)
    reader, got = ring.subscribe(), []
    for index in range(20):
        ring.push(frame(index))
        got.append(reader.get_next().index)
    assert got == list(range(20))
    assert reader.get_next() is None
    assert reader.n_lost == 0


def test_a_reader_that_falls_behind_loses_the_oldest_and_knows_how_many():
    ring = FrameRing(5 * BYTES)
    reader = ring.subscribe()
    for index in range(12):
        ring.push(frame(index))
    assert [reader.get_next().index for _ in range(5)] == [7, 8, 9, 10, 11]
    assert reader.n_lost == 7


def test_a_reader_of_the_newest_counts_those_it_passed_over():
    ring = FrameRing(5 * BYTES)
    reader = ring.subscribe()
    for index in range(4):
        ring.push(frame(index))
    assert reader.get_newest().index == 3
    assert reader.get_newest() is None
    assert reader.n_lost == 3


def test_what_is_passed_over_on_purpose_is_not_lost():
    ring = FrameRing(5 * BYTES)
    reader = ring.subscribe()
    for index in range(4):
        ring.push(frame(index))
    reader.skip_pending()
    assert reader.get_newest() is None
    assert reader.n_lost == 0


def test_a_subscription_begins_with_what_comes_next():
    reader = filled(3).subscribe()
    assert reader.get_next() is None


def test_waiting_readers_are_woken_and_one_holds_up_no_other():
    ring, got = FrameRing(), {}
    a, b, idle = ring.subscribe(), ring.subscribe(), ring.subscribe()
    readers = [
        threading.Thread(target=lambda: got.update(a=a.get_next(10).index)),
        threading.Thread(target=lambda: got.update(b=b.get_next(10).index)),
    ]
    for reader in readers:
        reader.start()
    ring.push(frame(0))
    for reader in readers:
        reader.join(60)
    assert got == {"a": 0, "b": 0}
    assert idle.get_next().index == 0


def test_a_fast_writer_and_slow_readers_lose_count_of_nothing():
    ring, n = FrameRing(5 * BYTES), 3000
    found = {"get_next": [], "get_newest": []}
    places = {kind: ring.subscribe() for kind in found}

    def read(kind):
        while not found[kind] or found[kind][-1] != n - 1:
            got = getattr(places[kind], kind)(5.0)
            found[kind].append(got.index)

    readers = [threading.Thread(target=read, args=(kind,)) for kind in found]
    for reader in readers:
        reader.start()
    for index in range(n):
        ring.push(frame(index))
        assert ring.n_bytes <= 5 * BYTES
    for reader in readers:
        reader.join(10)
    for kind, got in found.items():
        assert got == sorted(set(got))
        assert len(got) + places[kind].n_lost == n


def test_decoded_pixels_are_held_for_the_newest_frame_only():
    ring, jpeg = FrameRing(), encode_jpeg(np.zeros((SIDE, SIDE, 3), np.uint8), 90)
    for index in range(3):
        ring.push(CapturedFrame(RawImage("jpeg", jpeg), index, 0.0, "left"))
        assert ring.get_latest().rgb.nbytes == BYTES
    assert ring.n_bytes == 3 * len(jpeg) + BYTES
