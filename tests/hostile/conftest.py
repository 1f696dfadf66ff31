import pytest

from tests.cli.conftest import Terminal, english  # noqa: F401 - a fixture


@pytest.fixture
def terminal(capsys):
    """Every command in this process, which is what a share of a minute has time for."""
    return Terminal(capsys)
