"""Subprocess with a time limit that Ctrl-C ends: what may crash, freeze or take all memory runs in
a child."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread, Timer

import fieldcheck
from fieldcheck.progress import CancelToken, get_cancel_token

LOOKED_EVERY_S = 0.1
PARENT = "FIELDCHECK_PARENT"  # in a child's environment: the process id of who started it
CAMERA_PASSWORD, ADMIN_PIN, NEW_ADMIN_PIN = (
    "FIELDCHECK_CAMERA_PASSWORD",
    "FIELDCHECK_ADMIN_PIN",
    "FIELDCHECK_NEW_ADMIN_PIN",
)
# variables that no child sees: models, plug-ins and alert programs are strangers
SECRETS = (CAMERA_PASSWORD, ADMIN_PIN, NEW_ADMIN_PIN)
_PYTHON = (sys.executable, "-P", "-m")
_hidden: dict[str, str] = {}


def hide_secrets() -> None:
    """Moves the secrets of the environment into this process's memory, so that children which
    libraries start do not see them either."""
    _hidden.update({name: value for name in SECRETS if (value := os.environ.pop(name, ""))})


def read_secret(name: str) -> str:
    """One of `SECRETS`, from the environment or from where `hide_secrets` put it; empty where it is
    not set."""
    return os.environ.get(name) or _hidden.get(name, "")


def make_child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of every child: this process's variables without `SECRETS`, and `extra`."""
    kept = {name: value for name, value in os.environ.items() if name.upper() not in SECRETS}
    return {**kept, **(extra or {})}


def run_module(
    module: str,
    arguments: Sequence[str],
    seconds: float,
    fed: Iterable[bytes] = (),
    extra: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """`python -m module arguments` of this very program, its stdin `fed` piece by piece; exit code
    and both streams. `extra`: more variables of its environment.

    Raises TimeoutError where it neither takes the next piece nor ends within `seconds`; Cancelled
    where the flag that this thread works under is raised; what `fed` raises. The child is gone
    then. One that ends before it has read everything is an exit code like any other.
    """
    return run_child(
        [*_PYTHON, module, *arguments],
        seconds,
        fed,
        {**_make_module_environment(), **(extra or {})},
    )


@contextmanager
def run_sibling_module(module: str, arguments: Sequence[str]) -> Iterator[None]:
    """`python -m module arguments` of this very program for as long as the block lasts; it is ended
    with it. Its stdin stays open until then, so that it can see that nobody is left who would end
    it."""
    command = [*_PYTHON, module, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, env=make_child_environment(_make_module_environment())
    ) as child:
        try:
            yield
        finally:
            child.kill()


def start_module_with_pipes(
    module: str, arguments: Sequence[str], paths: Sequence[str]
) -> subprocess.Popen[bytes]:
    """`python -m module arguments` of this very program, with a pipe to and from it; what it says
    on stderr is nobody's. `paths`: where its Python looks for modules beside the product's own
    folder."""
    added = {**_make_module_environment(), "OPENBLAS_NUM_THREADS": "1"}
    added["PYTHONPATH"] = os.pathsep.join([added["PYTHONPATH"], *paths])
    command = [*_PYTHON, module, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        env=make_child_environment(added),
    )


def _make_module_environment() -> dict[str, str]:
    """Variables of a child that is this program: where Python finds the product, this process's
    number, and the encoding that the two speak, whatever this process's own streams are in."""
    home, seen = str(Path(fieldcheck.__file__).parent.parent), os.environ.get("PYTHONPATH")
    return {
        "PYTHONPATH": os.pathsep.join([home, seen] if seen else [home]),
        PARENT: str(os.getpid()),
        "PYTHONIOENCODING": "utf-8",
    }


def exit_after(seconds: float, verdict: str) -> Callable[[], None]:
    """Ends this child process with `verdict` as its last line once it has used `seconds` of
    processor time.

    A thread checks it, since Windows has no such limit. Processor time and not wall time: on a
    loaded machine a valid file would time out. Returns a function that restarts the count."""
    began = [0.0]

    def check_time() -> None:
        if time.process_time() - began[0] >= seconds:
            print(verdict, flush=True)  # noqa: T201 - the verdict is a child's only output
            os._exit(0)

    def watch_time() -> None:
        while True:
            check_time()
            time.sleep(LOOKED_EVERY_S)

    def restart_clock() -> None:
        began[0] = time.process_time()

    check_time()  # before what follows can crash
    Thread(target=watch_time, name="time limit", daemon=True).start()
    exit_with_parent()
    return restart_clock


def exit_with_parent() -> None:
    """In a child: ends it once the process that started it is gone, however that was ended, also
    while this one was still loading; a thread looks. Windows does not tell."""
    parent = int(os.environ.get(PARENT, 0)) if os.name == "posix" else 0
    parent = parent or os.getppid()

    def wait_for_parent_exit() -> None:
        while os.getppid() == parent:
            time.sleep(LOOKED_EVERY_S)
        os._exit(1)

    Thread(target=wait_for_parent_exit, name="parent", daemon=True).start()


def run_child(
    command: Sequence[str],
    seconds: float,
    fed: Iterable[bytes] = (),
    extra: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Any command, as `run_module`."""
    flag, late = get_cancel_token() or CancelToken(), Event()
    flag.check()
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=make_child_environment(extra)
    ) as child:
        assert child.stdin is not None, "asked for above"
        try:
            with flag.call_on_cancel(child.kill):
                for piece in fed:
                    with _kill_after(child, seconds, late):
                        child.stdin.write(piece)
                with _kill_after(child, seconds, late):
                    out, err = child.communicate()
        except BrokenPipeError:
            out, err = child.communicate()  # it has ended before it had read everything
        except BaseException:
            child.kill()  # before the end of the block waits for it
            with suppress(BrokenPipeError):
                child.stdin.close()  # of a piece that nobody reads any more
            raise
    flag.check()
    if late.is_set():
        raise TimeoutError
    return subprocess.CompletedProcess(command, child.returncode, out, err)


@contextmanager
def _kill_after(child: subprocess.Popen[bytes], seconds: float, late: Event) -> Iterator[None]:
    """The child is killed, and `late` set, where the block takes longer."""

    def kill_child() -> None:
        late.set()
        child.kill()

    timer = Timer(seconds, kill_child)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
