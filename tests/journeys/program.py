"""The program as a user starts it: a process of its own, its exit code, what it printed."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from fieldcheck.cli.main import main
from fieldcheck.errors import message_format

# hides what only the development environment has, and takes its time to load
AS_SHIPPED = str(Path(__file__).parent / "as_shipped")


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)


HANGS = 3600  # seconds: a program that never ends, and none on a busy machine


class Program:
    """`home` stands for the user's folders; `within` is the command that starts it, nothing as a
    rule."""

    def __init__(self, home, within=()):
        self.within = within
        self.environment = {
            **os.environ, "FIELDCHECK_HOME": str(home), "LANG": "en_GB.UTF-8", "LANGUAGE": "en",
            "PYTHONPATH": AS_SHIPPED,
        }  # fmt: skip

    def start(self, *arguments):
        return subprocess.Popen(
            [*self.within, sys.executable, "-m", "fieldcheck", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            env=self.environment,
        )  # fmt: skip

    def __call__(self, *arguments):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=HANGS)
        return Outcome(process.returncode, out, err)

    def document(self, *arguments):
        """What `--json` prints; the command must succeed."""
        outcome = self(*arguments, "--json")
        assert outcome.code == 0, outcome.err
        assert outcome.err == ""
        return outcome.document

    def refusal(self, *arguments):
        """The sentence of a command that must be refused: exit 1, an empty stdout, at most four
        lines on stderr."""
        outcome = self(*arguments, "--json")
        assert outcome.code == 1, (outcome.code, outcome.err)
        assert outcome.out == ""
        assert 0 < len(outcome.err.strip().splitlines()) <= 4
        assert "Traceback" not in outcome.err
        return outcome.err.strip()

    def kill_after(self, seconds, *arguments):
        """Starts the command and kills it without warning; whether it was still running then."""
        process = self.start(*arguments)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        return process.returncode == -signal.SIGKILL

    def interrupt_when(self, ready, *arguments, within=60):
        """Starts the command, presses Ctrl-C as soon as `ready()`, and waits for its end."""
        process = self.start(*arguments)
        until = time.monotonic() + within
        while not ready() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        return Outcome(process.returncode, out, err)


class InProcess(Program):
    """The same commands in the process of the test, for what needs no program of its own: a start
    takes longer than most commands."""

    def __call__(self, *arguments):
        out, err = StringIO(), StringIO()
        here = (
            message_format.use_audience("window"),
            patch.dict(os.environ, self.environment),
            redirect_stdout(out),
            redirect_stderr(err),
        )
        with here[0], here[1], here[2], here[3]:
            code = main([str(one) for one in arguments])
        return Outcome(code, out.getvalue(), err.getvalue())
