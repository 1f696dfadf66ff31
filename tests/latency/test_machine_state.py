import os
import subprocess
import sys
import time

import pytest

from fieldcheck.domain.latency import MachineState
from fieldcheck.latency import machine_state
from fieldcheck.latency.machine_state import (
    read_machine_name,
    read_machine_state,
    read_memory_mb,
    with_background_load,
)


def written(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_recorded_tree_tells_governor_frequency_heat_energy_and_waiting(tmp_path):
    root = written(
        tmp_path,
        {
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "1400000\n",
            "sys/class/thermal/thermal_zone0/temp": "48000\n",
            "sys/class/thermal/thermal_zone1/temp": "91500\n",
            "sys/class/powercap/intel-rapl:0/energy_uj": "12500000\n",
            # a part of the package, not one more
            "sys/class/powercap/intel-rapl:0:0/energy_uj": "9000000\n",
            "proc/self/schedstat": "1000000 2500000000 77\n",
        },
    )
    assert read_machine_state(root) == MachineState("powersave", 1400.0, 91.5, 12.5, 2.5)


def test_what_is_missing_torn_or_closed_to_us_is_not_available(tmp_path):
    root = written(
        tmp_path, {"sys/class/thermal/thermal_zone0/temp": "warm", "proc/self/schedstat": "1"}
    )
    locked = root / "sys/class/powercap/intel-rapl:0/energy_uj"
    locked.mkdir(parents=True)  # a folder in its place cannot be read by anybody
    assert read_machine_state(root) == MachineState()
    assert read_memory_mb(root) == (0.0, 0.0)


def test_the_machine_is_named_by_its_processor_cores_and_memory(tmp_path):
    root = written(tmp_path, {
        "proc/cpuinfo": "processor : 0\nmodel name\t: Atom x6425E\n",
        "proc/meminfo": "MemTotal: 4096000 kB\n",
    })  # fmt: skip
    named = read_machine_name(root)
    actual = (named["processor"], named["cores"], named["memory_mb"])
    assert actual == ("Atom x6425E", str(os.cpu_count()), "4000")


def test_the_peak_of_this_process_is_at_least_what_it_takes_now():
    now, peak = read_memory_mb()
    assert 0 < now <= peak


def test_the_time_of_all_others_is_that_of_the_machine_less_ones_own(tmp_path):
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/stat").write_text("cpu  4000 200 1000 90000 50 30 70 700 0 0\ncpu0 1 1 1 1\n")
    content = "12 (a (b) c) S 1 1 1 0 -1 0 1 2 3 4 1500 500 0 0 20 0 9 0\n"
    (tmp_path / "proc/self/stat").write_text(content)
    expected = (4000 + 200 + 1000 + 30 + 70 + 700 - 1500 - 500) / 100
    assert read_machine_state(tmp_path).others_s == expected
    (tmp_path / "proc/stat").write_text("cpu  4000\n")
    assert read_machine_state(tmp_path).others_s is None


def seconds_of(children):
    """Processor time of ended children, seconds."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


@pytest.mark.long
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
