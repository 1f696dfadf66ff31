"""Machine state from the kernel's files: CPU governor, frequency, temperature, energy and run-queue delay, below any root folder."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from fieldcheck.domain.latency import MachineState

ROOT = Path("/")
TICKS, OF_STEAL, OF_SYSTEM = 100, 9, 13  # a second; fields of proc/stat, and of proc/self/stat after the name
MOST = 200  # characters of one of these files


def machine_state(root: Path = ROOT) -> MachineState:
    """State of the machine whose files lie below `root`. What it does not have, or does not let anybody read, is None."""
    cpu = root / "sys/devices/system/cpu/cpu0/cpufreq"
    zones = [_figure(one / "temp") for one in sorted((root / "sys/class/thermal").glob("thermal_zone*"))]
    packages = [_figure(one / "energy_uj") for one in sorted((root / "sys/class/powercap").glob("intel-rapl:[0-9]"))]
    celsius, joules = ([one for one in some if one is not None] for some in (zones, packages))
    khz, waited = _figure(cpu / "scaling_cur_freq"), _waiting(root)
    return MachineState(
        governor=" ".join(_words(cpu / "scaling_governor")) or None,
        mhz=khz / 1000 if khz is not None else None,
        celsius=max(celsius) / 1000 if celsius else None,
        joules=sum(joules) / 1e6 if joules else None,
        others_s=_others(root),
        waited_s=int(waited[1]) / 1e9 if len(waited) > 1 and waited[1].isdigit() else None,
    )


def machine_name(root: Path = ROOT) -> dict[str, str]:
    """Name of the machine: processor, number of cores, system, and memory where it is told."""
    lines = _lines(root / "proc/cpuinfo")
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "") or platform.processor()
    memory = next((line.split()[1] for line in _lines(root / "proc/meminfo") if line.startswith("MemTotal:")), "")
    named = {"processor": model or platform.machine(), "cores": str(os.cpu_count()), "system": f"{platform.system()} {platform.release()}"}
    return {**named, **({"memory_mb": str(int(memory) // 1024)} if memory.isdigit() else {})}


def memory_mb(root: Path = ROOT) -> tuple[float, float]:
    """Memory of this process now and at its peak, megabytes of resident pages; zeros where the system does not tell."""
    told = dict(line.split(":", 1) for line in _lines(root / "proc/self/status") if line.startswith(("VmRSS:", "VmHWM:")))
    now, peak = (int(told[name].split()[0]) / 1024 if name in told else 0.0 for name in ("VmRSS", "VmHWM"))
    return now, peak


def _others(root: Path) -> float | None:
    """Processor time of everything but this process: user, nice, system, interrupts and what the host gave to others (steal)."""
    told = [line.split() for line in _lines(root / "proc/stat")[:1]]
    own = " ".join(_lines(root / "proc/self/stat")).rpartition(")")[2].split()
    if not told or len(told[0]) < OF_STEAL or told[0][0] != "cpu" or len(own) < OF_SYSTEM:
        return None
    all_of_it = sum(int(told[0][at]) for at in (1, 2, 3, 6, 7, 8))
    return max(0.0, (all_of_it - int(own[OF_SYSTEM - 2]) - int(own[OF_SYSTEM - 1])) / TICKS)


def _waiting(root: Path) -> list[str]:
    """Of the thread that asks: in a window that is another one than the first, of which `proc/self` tells."""
    return _words(root / "proc/thread-self/schedstat") or _words(root / "proc/self/schedstat")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii", errors="replace").splitlines()
    except OSError:  # not there, or not for us: that it is not told is the answer
        return []


def _words(path: Path) -> list[str]:
    return " ".join(_lines(path))[:MOST].split()


def _figure(path: Path) -> float | None:
    words = _words(path)
    return float(words[0]) if words and words[0].lstrip("-").isdigit() else None
