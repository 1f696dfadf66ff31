import threading

from fieldcheck.latency.frame_timing import LatencyTrace


def test_every_frame_is_taken_once_and_in_order():
    trace = LatencyTrace()
    assert trace.take_new_frames().shape == (0, 0)
    writer = threading.Thread(
        target=lambda: [trace.put_frame(at / 100, (1.0, float(at))) for at in range(2000)]
    )
    writer.start()
    taken = []
    while writer.is_alive() or len(taken) < 2000:
        taken += trace.take_new_frames().tolist()
    writer.join()
    assert [row[2] for row in taken] == list(range(2000))
    assert taken[7] == [0.07, 1.0, 7.0]
