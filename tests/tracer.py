"""System calls of a program and its children, as strace saw them: what it asked of the network, and
what it wrote to disk."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.programs import run_program

QUIET = ("strace", "--follow-forks", "--seccomp-bpf", "--quiet=all", "--signal=none")
# The first calls of a thread. Until one is traced a new thread stops at every call, which took
# twenty times as long.
BEGINNING = "set_robust_list,rseq"
# a ring could open sockets that no other call shows
NETWORK = (f"--trace=%network,io_uring_setup,{BEGINNING}",)
CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)")
LOCAL = ("AF_UNIX", "AF_LOCAL")
# daemons behind local sockets, which look names up for others
RESOLVERS = ("nscd", "systemd/resolve", "io.systemd.Resolve")


def usable(within: Sequence[str] = ()) -> bool:
    """Whether a program can be traced here, started by the command `within`. A build machine has
    strace: it is an error there."""
    if shutil.which("strace") is None:
        if os.environ.get("CI") == "true":
            raise FileNotFoundError("strace")
        return False
    return run_program([*within, *QUIET, *NETWORK, "true"], text=False).returncode == 0


def needed(within: Sequence[str] = ()) -> None:
    """Skips the test where nothing can be traced."""
    if not usable(within):
        pytest.skip("not run: no program can be traced here (strace)")


def watching_network(trace: Path) -> tuple[str, ...]:
    """The beginning of a command whose network calls, and its children's, go to `trace`."""
    return (*QUIET, *NETWORK, f"--output={trace}")


def reached_out(trace: Path) -> list[str]:
    """The lines of a trace that touch a network or look a name up; sockets between two programs of
    this machine are neither."""
    return [line for line in trace.read_text("utf-8", "replace").splitlines() if _reaches_out(line)]


def _reaches_out(line: str) -> bool:
    match = CALL.match(line)
    if match is None:  # the end of a call that was begun further up
        return False
    call, arguments = match.groups()
    if call == "io_uring_setup":
        return True
    if call in ("socket", "socketpair"):
        return not arguments.startswith(LOCAL)
    if (
        "sa_family=" in arguments
        and "sa_family=AF_UNIX" not in arguments
        and "sa_family=AF_LOCAL" not in arguments
    ):
        return True
    return any(name in arguments for name in RESOLVERS)
