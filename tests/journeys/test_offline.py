"""No socket of a network is opened and no name looked up, where there is no network interface: seen
from outside, by a tracer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tracer
from tests.journeys.program import AS_SHIPPED
from tests.made_projects import ALONE

CHECKOUT = Path(__file__).parent.parent.parent
NEEDED = {
    "PySide6", "cv2", "onnxruntime", "onnx", "numpy", "scipy", "sklearn", "albumentations",
    "sqlite_utils", "typst", "PIL", "yaml",
}  # fmt: skip


def alone():
    """The command that starts another one without a network; nothing where this machine lets nobody
    make one."""
    try:
        return (
            ALONE
            if subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode == 0
            else ()
        )
    except FileNotFoundError:
        return ()


def traced(trace, *command):
    """What a command printed, and what it asked of the network."""
    within = alone()
    tracer.needed(within)
    done = subprocess.run(
        [*within, *tracer.watching_network(trace), *map(str, command)], capture_output=True,
        text=True, cwd=CHECKOUT,
        env={
            **os.environ, "PYTHONPATH": f"{AS_SHIPPED}{os.pathsep}{CHECKOUT}",
            "FIELDCHECK_PATIENCE_S": "3600",
        },
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, tracer.reached_out(trace)


def test_the_demo_opens_no_socket_and_asks_for_no_name(walked_demo):
    if walked_demo.trace is None:
        tracer.needed(ALONE if walked_demo.alone else ())
    assert walked_demo.outcome.code == 0
    assert tracer.reached_out(walked_demo.trace) == []


@pytest.mark.long
def test_neither_a_library_at_its_import_nor_stress_export_pack_and_verify_open_one(made, tmp_path):
    project = shutil.copytree(made["labelled"], tmp_path / "line.fieldcheck")
    said, reached = traced(
        tmp_path / "trace",
        sys.executable,
        "-m",
        "tests.journeys.the_rest_offline",
        project,
        tmp_path,
    )
    loaded = set(said.splitlines()[-1].split()[1:])
    assert loaded >= NEEDED, NEEDED - loaded
    assert (tmp_path / "site.fcpack").is_file()
    assert reached == []


@pytest.mark.short_cases(3)
@pytest.mark.parametrize(
    "program",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_INET6)",
        (
            "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; "
            "socket.socket(socket.AF_NETLINK)'])"
        ),
        (
            "import socket, contextlib\nwith contextlib.suppress(OSError): "
            "socket.getaddrinfo('fieldcheck.invalid', 80)"
        ),
    ],
    ids=["datagram", "ip 6", "in a child", "a name"],
)
def test_the_tracer_sees_one_that_is_opened(tmp_path, program):
    _, reached = traced(tmp_path / "trace", sys.executable, "-c", program)
    assert reached


def test_two_ends_on_this_machine_are_no_network(tmp_path):
    sentence = "import socket; socket.socketpair(); socket.socket(socket.AF_UNIX)"
    _, reached = traced(tmp_path / "trace", sys.executable, "-c", sentence)
    assert reached == []


@pytest.mark.full("offline_window")
def test_the_whole_visit_in_the_window_opens_none(tmp_path, display, counts, evidence):
    n = counts(ci=0, full=1)
    # Without a place of its own pytest asks for the name of its user, which goes to the daemon that
    # also looks hosts up.
    visit = (
        "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'visit'}",
        "tests/journeys/test_window.py",
    )  # fmt: skip
    said, reached = traced(tmp_path / "trace", sys.executable, "-m", "pytest", *visit)
    assert reached == []
    evidence(
        visits=n,
        passed=int(said.split(" passed")[0].split()[-1]),
        sockets_of_a_network=len(reached),
        without_an_interface=bool(alone()),
    )
