"""Machine state from the kernel's files (governor, frequency, temperature, energy, run-queue
delay), and background load in child processes."""

from __future__ import annotations

import os
import platform
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from fieldcheck.child_process import run_sibling_module
from fieldcheck.domain.latency import MachineState
from fieldcheck.imaging.codec import encode_jpeg

ROOT = Path("/")
TICKS = 100  # of processor time a second, in which both of the files below count
OF_STEAL = 9  # fields of the first line of proc/stat up to the time that the host gave to others
OF_SYSTEM = 13  # fields of proc/self/stat after the name up to the time in the kernel
MOST = 200  # characters of one of these files


def read_machine_state(root: Path = ROOT) -> MachineState:
    """State of the machine whose files lie below `root`. What it does not have, or does not let
    anybody read, is None."""
    cpu = root / "sys/devices/system/cpu/cpu0/cpufreq"
    zones = [
        _read_number(path / "temp")
        for path in sorted((root / "sys/class/thermal").glob("thermal_zone*"))
    ]
    packages = [
        _read_number(path / "energy_uj")
        for path in sorted((root / "sys/class/powercap").glob("intel-rapl:[0-9]"))
    ]
    celsius, joules = ([value for value in some if value is not None] for some in (zones, packages))
    khz, waited = _read_number(cpu / "scaling_cur_freq"), _read_run_queue_delay(root)
    return MachineState(
        governor=" ".join(_read_words(cpu / "scaling_governor")) or None,
        mhz=khz / 1000 if khz is not None else None,
        celsius=max(celsius) / 1000 if celsius else None,
        joules=sum(joules) / 1e6 if joules else None,
        others_s=_read_other_cpu_time(root),
        waited_s=int(waited[1]) / 1e9 if len(waited) > 1 and waited[1].isdigit() else None,
    )


def read_machine_name(root: Path = ROOT) -> dict[str, str]:
    """Name of the machine: processor, number of cores, system, and memory where it is told."""
    lines = _read_lines(root / "proc/cpuinfo")
    model = (
        next(
            (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), ""
        )
        or platform.processor()
    )
    memory = next(
        (
            line.split()[1]
            for line in _read_lines(root / "proc/meminfo")
            if line.startswith("MemTotal:")
        ),
        "",
    )
    named = {
        "processor": model or platform.machine(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
    }
    return {**named, **({"memory_mb": str(int(memory) // 1024)} if memory.isdigit() else {})}


def read_memory_mb(root: Path = ROOT) -> tuple[float, float]:
    """Memory of this process now and at its peak, megabytes of resident pages; zeros where the
    system does not tell."""
    status = dict(
        line.split(":", 1)
        for line in _read_lines(root / "proc/self/status")
        if line.startswith(("VmRSS:", "VmHWM:"))
    )
    now, peak = (
        int(status[name].split()[0]) / 1024 if name in status else 0.0
        for name in ("VmRSS", "VmHWM")
    )
    return now, peak


def _read_other_cpu_time(root: Path) -> float | None:
    """Processor time of everything but this process: user, nice, system, interrupts and what the
    host gave to others (steal)."""
    fields = [line.split() for line in _read_lines(root / "proc/stat")[:1]]
    own = " ".join(_read_lines(root / "proc/self/stat")).rpartition(")")[2].split()
    if not fields or len(fields[0]) < OF_STEAL or fields[0][0] != "cpu" or len(own) < OF_SYSTEM:
        return None
    all_of_it = sum(int(fields[0][column]) for column in (1, 2, 3, 6, 7, 8))
    return max(0.0, (all_of_it - int(own[OF_SYSTEM - 2]) - int(own[OF_SYSTEM - 1])) / TICKS)


def _read_run_queue_delay(root: Path) -> list[str]:
    """Run-queue delay of the calling thread: in the window that is not the first thread, which
    `proc/self` describes."""
    return _read_words(root / "proc/thread-self/schedstat") or _read_words(
        root / "proc/self/schedstat"
    )


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii", errors="replace").splitlines()
    except OSError:  # Missing or not readable: the value is reported as unknown.
        return []


def _read_words(path: Path) -> list[str]:
    return " ".join(_read_lines(path))[:MOST].split()


def _read_number(path: Path) -> float | None:
    words = _read_words(path)
    return float(words[0]) if words and words[0].lstrip("-").isdigit() else None


# Declared load beside a latency run: a recording that is compressed, or busy cores, each in a
# process of its own.

ENCODED, ENCODED_FPS, QUALITY = (720, 1280, 3), 30.0, 85


@contextmanager
def with_background_load(encode: bool, busy: int) -> Iterator[None]:
    """A load for as long as the block lasts: whether frames of 1280 × 720 are compressed at 30 a
    second, and how many cores are busy."""
    with ExitStack() as running:
        for work in [*(["encode"] if encode else []), *["busy"] * busy]:
            running.enter_context(run_sibling_module(__name__, (work,)))
        yield


def _run_encoder() -> None:
    picture = np.random.default_rng(0).integers(0, 256, ENCODED, np.uint8)
    due = time.monotonic()
    while True:
        encode_jpeg(picture, QUALITY)
        due += 1 / ENCODED_FPS
        time.sleep(max(0.0, due - time.monotonic()))


def _run_busy_loop() -> None:
    while True:
        sum(range(10_000))


def _exit_with_parent() -> None:
    """Exit as soon as the other end of stdin is closed."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    {"encode": _run_encoder, "busy": _run_busy_loop}[sys.argv[1]]()
