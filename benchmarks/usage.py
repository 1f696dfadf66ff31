"""What this process and its children have used of the machine, as POSIX tells it."""

import sys
from pathlib import Path


def get_children_seconds() -> float:
    """Processor seconds of all child processes that have ended."""
    if sys.platform == "win32":
        raise SystemExit(_NO_FIGURES)
    else:
        import resource

        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime


def get_peak_bytes() -> int:
    """Most bytes that this process has had in memory."""
    if sys.platform == "win32":
        raise SystemExit(_NO_FIGURES)
    else:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kibibytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def get_resident_bytes() -> int:
    """Bytes of this process that lie in memory now; its peak where the system does not say."""
    statm = Path("/proc/self/statm")
    if sys.platform == "win32" or not statm.exists():
        return get_peak_bytes()
    else:
        import resource

        return int(statm.read_text("ascii").split()[1]) * resource.getpagesize()


_NO_FIGURES = "This benchmark measures processes as POSIX does; start it on Linux or macOS."
