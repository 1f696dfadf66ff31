import subprocess
import sys
import time

import pytest

from fieldcheck.latency import machine_state
from fieldcheck.latency.machine_state import with_background_load


def seconds_of(children):
    """Processor time of ended children, seconds."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


@pytest.mark.parametrize(("encode", "busy"), [(True, 0), (False, 1)])
def test_the_load_takes_processor_time_while_the_block_lasts_and_is_gone_after_it(encode, busy):
    before = seconds_of("all")
    with with_background_load(encode, busy):
        time.sleep(2.0)
    assert seconds_of("all") - before > 0.1


def test_a_load_whose_parent_is_gone_ends_by_itself():
    command = [sys.executable, "-m", "fieldcheck.latency.machine_state", "busy"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert done.returncode == 0


def test_a_recording_is_compressed_at_thirty_frames_a_second(monkeypatch):
    now, seen = [100.0], []

    class Clock:
        monotonic = staticmethod(lambda: now[0])

        @staticmethod
        def sleep(seconds):
            now[0] += seconds

    def compressed(picture, quality):
        if len(seen) == 4:
            raise KeyboardInterrupt
        seen.append((now[0], picture.shape, quality))
        now[0] += 0.01  # what it takes

    monkeypatch.setattr(machine_state, "time", Clock)
    monkeypatch.setattr(machine_state, "encode_jpeg", compressed)
    with pytest.raises(KeyboardInterrupt):
        machine_state._run_encoder()
    assert [round((at - 100.0) * 30, 6) for at, *_ in seen] == [0, 1, 2, 3]
    assert {(shape, quality) for _, shape, quality in seen} == {((720, 1280, 3), 85)}
