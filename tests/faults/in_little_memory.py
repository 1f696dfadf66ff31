"""Run as a program: a command with so many megabytes more than the program takes once it is loaded: `MB COMMAND ARGUMENTS`."""

import resource
import sys
from pathlib import Path

import cv2  # noqa: F401 - loaded before the limit, as by a program that has been at work for a while
import onnxruntime  # noqa: F401
import scipy.stats  # noqa: F401

from fieldcheck.cli.main import main


def leave(mb):
    """Bounds the address space of this process."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    taken = next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmSize"))
    resource.setrlimit(resource.RLIMIT_AS, (taken + (mb << 20),) * 2)


if __name__ == "__main__":
    leave(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
