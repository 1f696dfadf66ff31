import pytest

from tests.journeys.program import InProcess, Program


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path / "home")


@pytest.fixture
def in_process(tmp_path):
    """Commands in this process, in the home of `program`."""
    return InProcess(tmp_path / "home")
