import shutil

import pytest

from tests.cli.conftest import Terminal, english, place  # noqa: F401 - fixtures
from tests.journeys.conftest import program  # noqa: F401 - a fixture


@pytest.fixture
def terminal(capsys):
    """Every command in this process, which is what a share of a minute has time for."""
    return Terminal(capsys)


@pytest.fixture
def copied(made, tmp_path):
    """`copied()`: the labelled project anew, at the same place, and nothing else there."""

    def anew():
        for one in tmp_path.iterdir():
            shutil.rmtree(one)
        return shutil.copytree(made["labelled"], tmp_path / "p.fieldcheck")

    return anew
