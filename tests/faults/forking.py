"""Commands that begin in an instant: a program that has loaded everything forks for each one that
is asked for. Run, it reads them as JSON lines (where its streams go, how many megabytes it may take
more, the user's folders, its words), and answers with the process id, then with how it ended."""

import importlib
import json
import os
import pkgutil
import resource
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
LEFT_S = 10.0  # what a killed command had started may live on for so long


class Forking:
    """`home` stands for the user's folders, where a command is not given others. Commands of one
    program come one after the other."""

    def __init__(self, home: Path) -> None:
        self._home = home
        alone = {
            "OPENBLAS_NUM_THREADS": "1",
            "FIELDCHECK_HOME": str(home),
            "LANG": "en_GB.UTF-8",
            "LANGUAGE": "en",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forking"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # an answer that was not asked for yet stays in the pipe, where `kill_after` sees it
            bufsize=0, cwd=CHECKOUT, env={**os.environ, **alone},
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked, self._told = self._process.stdin, self._process.stdout

    def close(self) -> None:
        self._asked.close()
        self._process.wait()
        self._told.close()

    def start(
        self, said: Path, words: Sequence[object], mb: int | None = None, home: Path | None = None
    ) -> int:
        """The process that does it, whose streams go to the file `said`, with so many megabytes of
        address space left, or all there is."""
        asked = [str(said), mb, str(home or self._home), *map(str, words)]
        self._asked.write(json.dumps(asked).encode() + b"\n")
        return int(self._told.readline())

    def ended(self) -> int:
        """How the last one ended: its exit code, or the number of the signal below zero."""
        return int(self._told.readline())

    def run(self, said: Path, *words: object) -> float:
        """Seconds that a command takes to its end; it must be done."""
        began = time.monotonic()
        self.start(said, words)
        code = self.ended()
        assert code == 0, (words, code, said.read_text("utf-8"))
        return time.monotonic() - began

    def kill_after(self, seconds: float, said: Path, *words: object) -> bool:
        """Starts a command and kills it without warning; whether it was still running then. Nothing
        that it had started lives on."""
        process = self.start(said, words)
        select.select([self._told], [], [], seconds)
        with suppress(ProcessLookupError):
            os.kill(process, 9)
        code = self.ended()
        assert code in (0, -9), (words, code, said.read_text("utf-8"))
        until = time.monotonic() + LEFT_S
        while _group_lives(process):
            assert time.monotonic() < until, f"something of {words} still runs"
            time.sleep(0.05)
        return code == -9


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def leave(mb: int) -> None:
    """Bounds the address space of this process to so many megabytes more than it takes."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    taken = next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmSize"))
    resource.setrlimit(resource.RLIMIT_AS, (taken + (mb << 20),) * 2)


def load_everything() -> None:
    """Imports before the fork all that a command would import for itself, which takes longer than
    most commands: every module of the product but the window's."""
    import cv2  # noqa: F401
    import onnxruntime  # noqa: F401
    import scipy.stats  # noqa: F401

    import fieldcheck

    for module in pkgutil.walk_packages(fieldcheck.__path__, "fieldcheck."):
        if not module.name.startswith("fieldcheck.ui") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def main() -> None:
    load_everything()
    from fieldcheck.cli.main import list_commands
    from fieldcheck.cli.main import main as run

    list_commands()
    for line in sys.stdin:
        said, mb, home, *words = json.loads(line)
        process = os.fork()
        if process == 0:
            os.setsid()
            os.environ["FIELDCHECK_HOME"] = home
            to = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for at, stream in enumerate((nothing, to, to)):
                os.dup2(stream, at)
            if mb is not None:
                leave(mb)
            os._exit(run(words))
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
