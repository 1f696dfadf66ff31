import json
from dataclasses import dataclass

import pytest

from fieldcheck.cli.main import main
from fieldcheck.errors import message_format


@dataclass
class Outcome:
    code: int
    out: str
    err: str


class Terminal:
    """The commands in this process, as the program runs them."""

    def __init__(self, capsys):
        self._capsys = capsys

    def __call__(self, *arguments):
        self._capsys.readouterr()
        code = main([str(one) for one in arguments])
        out, err = self._capsys.readouterr()
        return Outcome(code, out, err)

    def document(self, *arguments, code=0):
        """What `--json` prints: one document on standard output and nothing else."""
        outcome = self(*arguments, "--json")
        assert outcome.code == code, outcome.err
        assert outcome.err == ""
        assert len(outcome.out.strip().splitlines()) == 1
        return json.loads(outcome.out)

    def said(self, *arguments):
        outcome = self(*arguments)
        assert outcome.code == 0, outcome.err
        assert outcome.err == ""
        return outcome.out

    def refusal(self, *arguments):
        """Exit 1, nothing on standard output, one sentence on standard error."""
        outcome = self(*arguments, "--json")
        assert outcome.code == 1, (outcome.code, outcome.err)
        assert outcome.out == ""
        assert 0 < len(outcome.err.strip().splitlines()) <= 4
        return outcome.err.strip()

    def partly(self, *arguments):
        """Exit 1 with the document of what was done all the same, and the sentences on standard
        error."""
        outcome = self(*arguments, "--json")
        assert outcome.code == 1, (outcome.code, outcome.err)
        assert 0 < len(outcome.err.strip().splitlines()) <= 4
        return json.loads(outcome.out), outcome.err.strip()


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


@pytest.fixture
def terminal(capsys):
    # what the command line sets for itself does not outlive the test
    with message_format.use_audience("window"):
        yield Terminal(capsys)


@pytest.fixture
def place(request):
    """The folder of a made project, closed: `@pytest.mark.parametrize` is not needed,
    `place("drawn")` copies it."""

    def closed(name):
        project = request.getfixturevalue(name)
        project.close()
        return project.path

    return closed
